package dev.sixin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate that vouches for itself, and its key, made by the JDK's keytool.
///
/// @param certificate in PEM
/// @param key in PEM
public record Pem(X509Certificate parsed, String certificate, String key) {
  private static final String PASSWORD = "changeit";

  private static final String HERE = "dns:localhost,ip:127.0.0.1";

  /// A new one of this machine, good for a hundred years.
  public static Pem make() {
    return of(HERE);
  }

  /// A new one of others, good for a hundred years.
  ///
  /// @param names such as `dns:localhost`, with commas between
  public static Pem of(String names) {
    return make(names, "2026/01/01 00:00:00", 36_500);
  }

  /// A new one of this machine.
  ///
  /// @param from `2026/01/01 00:00:00`
  static Pem make(String from, int days) {
    return make(HERE, from, days);
  }

  private static Pem make(String names, String from, int days) {
    try {
      Path directory = Files.createTempDirectory("sixin-pem-");
      Path store = directory.resolve("store");
      try {
        keytool(store, names, from, days);
        return read(store);
      } finally {
        Files.deleteIfExists(store);
        Files.delete(directory);
      }
    } catch (IOException | GeneralSecurityException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keytool(Path store, String names, String from, int days)
      throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "it",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "SAN=" + names,
                    "-startdate",
                    from,
                    "-validity",
                    Integer.toString(days),
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(said).isZero();
  }

  private static Pem read(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    X509Certificate certificate = (X509Certificate) keys.getCertificate("it");
    return new Pem(
        certificate,
        pem("CERTIFICATE", certificate.getEncoded()),
        pem("PRIVATE KEY", keys.getKey("it", PASSWORD.toCharArray()).getEncoded()));
  }

  private static String pem(String what, byte[] bytes) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, base64, what);
  }

  /// What a server that shows it is made with.
  public SSLContext server() {
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(key.replaceAll("-----[A-Z ]+-----", ""));
      PrivateKey parsedKey =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry("it", parsedKey, PASSWORD.toCharArray(), new Certificate[] {parsed});
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Writes it to two files.
  public void writeTo(Path certificateFile, Path keyFile) {
    try {
      Files.writeString(certificateFile, certificate);
      Files.writeString(keyFile, key);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
