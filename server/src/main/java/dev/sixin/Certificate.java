package dev.sixin;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate that the server shows and the key that goes with it, from two files in PEM that
/// may change while it runs: connections that begin afterwards see the new ones. What is there and
/// of no use is passed over, with a line in the log, and the pair before it goes on.
final class Certificate implements TlsProvider {
  private static final Logger log = LoggerFactory.getLogger(Certificate.class);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final Duration WARN_BEFORE_END = Duration.ofDays(14);
  private static final Duration WARN_AGAIN = Duration.ofDays(1);

  private final Location location;
  private final InstantSource clock;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("certificate").factory());

  private volatile TlsKeyPair pair;

  // Of the thread that looks.
  private byte[] seen;
  private Instant warned = Instant.MIN;

  /// Where they are.
  ///
  /// @param certificate the certificate, then those that lead to its authority
  /// @param key not encrypted
  record Location(Path certificate, Path key) {}

  /// What the two files hold.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Content(byte[] certificate, byte[] key) {
    static Content of(Location location) throws IOException {
      return new Content(
          Files.readAllBytes(location.certificate()), Files.readAllBytes(location.key()));
    }

    byte[] digest() {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(certificate);
        digest.update((byte) 0);
        return digest.digest(key);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// Says what is wrong with a pair.
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String what) {
      super(what);
    }
  }

  /// Reads the files, and looks from now on whether they change.
  ///
  /// @throws UsageException when there is no certificate with its key in them
  Certificate(Location location, InstantSource clock) {
    this.location = location;
    this.clock = clock;
    try {
      Content content = Content.of(location);
      this.seen = content.digest();
      this.pair = read(content);
    } catch (IOException e) {
      throw new UsageException(unreadable(e) + " (expected: a certificate and its key, in PEM)");
    } catch (Unusable e) {
      throw new UsageException(location.certificate() + ": " + e.getMessage());
    }
    long millis = LOOK_AGAIN.toMillis();
    var _ = looking.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  private static String unreadable(IOException e) {
    return e instanceof NoSuchFileException ? e.getMessage() + ": no such file" : e.toString();
  }

  private void look() {
    try {
      Content content = Content.of(location);
      byte[] digest = content.digest();
      if (!MessageDigest.isEqual(digest, seen)) {
        seen = digest;
        pair = read(content);
        log.info("{}: read anew, good until {}", location.certificate(), end());
      }
    } catch (IOException e) {
      byte[] state = e.toString().getBytes(US_ASCII);
      if (!MessageDigest.isEqual(state, seen)) {
        seen = state;
        passOver(unreadable(e));
      }
    } catch (Unusable e) {
      passOver(e.getMessage());
    } catch (RuntimeException e) {
      log.error("{}: can not be looked at", location.certificate(), e);
    }
    warnOfEnd();
  }

  private void passOver(String why) {
    log.warn("{}: {}; the certificate before it goes on", location.certificate(), why);
  }

  private void warnOfEnd() {
    Instant now = clock.instant();
    if (now.isAfter(end().minus(WARN_BEFORE_END)) && now.isAfter(warned)) {
      log.warn("{}: good until {} only", location.certificate(), end());
      warned = now.plus(WARN_AGAIN);
    }
  }

  private Instant end() {
    return pair.certificateChain().getFirst().getNotAfter().toInstant();
  }

  private TlsKeyPair read(Content content) throws Unusable {
    TlsKeyPair read;
    try {
      read =
          TlsKeyPair.of(
              new ByteArrayInputStream(content.key()),
              new ByteArrayInputStream(content.certificate()));
    } catch (RuntimeException e) {
      throw new Unusable("not a certificate and its key in PEM (expected: both, not encrypted)");
    }
    X509Certificate own = read.certificateChain().getFirst();
    try {
      own.checkValidity(Date.from(clock.instant()));
    } catch (GeneralSecurityException e) {
      throw new Unusable(
          "good from %s to %s (expected: now)"
              .formatted(own.getNotBefore().toInstant(), own.getNotAfter().toInstant()));
    }
    if (!belongs(read.privateKey(), own)) {
      throw new Unusable("%s is not its key".formatted(location.key()));
    }
    return read;
  }

  /// Whether what a key signs is what a certificate vouches for.
  private static boolean belongs(PrivateKey key, X509Certificate certificate) {
    try {
      Signature signature = Signature.getInstance(signatures(key));
      signature.initSign(key);
      signature.update(certificate.getSerialNumber().toByteArray());
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(certificate.getSerialNumber().toByteArray());
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of different kinds
    }
  }

  private static String signatures(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }

  /// The same for all names.
  @Override
  public TlsKeyPair keyPair(String hostname) {
    return pair;
  }

  /// Looks no longer.
  @Override
  public void close() {
    looking.shutdownNow();
  }
}
