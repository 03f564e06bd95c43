/// Whom the server trusts when it connects to others: [Trust][dev.sixin.tls.Trust]. (Its own
/// certificate is `dev.sixin.Certificate`.)
package dev.sixin.tls;
