/// What is HTTP and JSON, described for people and tools. Start reading at
/// [OpenApi][dev.sixin.api.docs.OpenApi].
package dev.sixin.api.docs;
