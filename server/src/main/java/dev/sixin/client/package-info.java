/// Small clients for the command line. They use nothing of the server but its interface.
package dev.sixin.client;
