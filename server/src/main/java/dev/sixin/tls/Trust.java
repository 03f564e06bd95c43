package dev.sixin.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts those whose certificate leads to an authority and has the name under which they were
/// asked for. Client libraries that are handed an [SSLContext] do not look at the name by
/// themselves.
public final class Trust extends X509ExtendedTrustManager {
  private static final String BY_NAME = "HTTPS";

  private final X509ExtendedTrustManager authorities;

  private Trust(X509ExtendedTrustManager authorities) {
    this.authorities = authorities;
  }

  /// What connections to others are made with.
  ///
  /// @param authorities the certificates in PEM that theirs must lead to; empty: those that the JVM
  ///   trusts
  /// @throws IOException when the file can not be read or holds no certificate; the message names
  ///   it
  public static SSLContext context(Optional<Path> authorities) throws IOException {
    try {
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(authorities.isPresent() ? read(authorities.get()) : null);
      X509ExtendedTrustManager manager =
          Stream.of(managers.getTrustManagers())
              .filter(X509ExtendedTrustManager.class::isInstance)
              .map(X509ExtendedTrustManager.class::cast)
              .findFirst()
              .orElseThrow();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Trust(manager)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static KeyStore read(Path authorities) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    try (InputStream in = Files.newInputStream(authorities)) {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("authority-" + trusted.size(), certificate);
      }
    } catch (CertificateException e) {
      throw new IOException("%s: %s".formatted(authorities, e.getMessage()), e);
    }
    if (trusted.size() == 0) {
      throw new IOException(authorities + ": no certificate in PEM");
    }
    return trusted;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    if (!(socket instanceof SSLSocket tls)) {
      throw unnamed();
    }
    tls.setSSLParameters(byName(tls.getSSLParameters()));
    authorities.checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    engine.setSSLParameters(byName(engine.getSSLParameters()));
    authorities.checkServerTrusted(chain, type, engine);
  }

  private static SSLParameters byName(SSLParameters parameters) {
    parameters.setEndpointIdentificationAlgorithm(BY_NAME);
    return parameters;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw unnamed();
  }

  private static CertificateException unnamed() {
    return new CertificateException("it is not known which name the certificate should have");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    authorities.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    authorities.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    authorities.checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }
}
