package dev.sixin.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;

/// Tokens that this server signs: JWTs with HS256 and the key of the data directory.
public final class Tokens {
  /// How long a token lasts when nothing else is said.
  public static final Duration DEFAULT_TTL = Duration.ofDays(30);

  /// The longest that a token may last.
  public static final Duration MAX_TTL = Duration.ofDays(366 * 10);

  private static final String ISSUER = "sixin";
  private static final String ISSUED_MICROS = "iat_us";

  /// The claim that names the device a token is for.
  static final String DEVICE = "device";

  private final MACSigner signer;
  private final MACVerifier verifier;
  private final InstantSource clock;

  /// @param key at least 32 bytes that nobody else knows
  public Tokens(byte[] key, InstantSource clock) {
    try {
      this.signer = new MACSigner(key);
      this.verifier = new MACVerifier(key);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("the token key: " + e.getMessage(), e);
    }
    this.clock = clock;
  }

  /// A new token and when it ends, in seconds since 1970.
  public record Issued(String token, long expiresSeconds) {}

  /// Signs a token.
  ///
  /// @param device the device that it is for; empty: any
  /// @param revokedMicros when the user's tokens were last revoked; this one counts as issued after
  ///   it, even if the clock says otherwise
  public Issued issue(long uid, Duration ttl, String device, long revokedMicros) {
    Instant now = clock.instant();
    Instant end = now.plus(ttl);
    long micros =
        Math.max(now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000, revokedMicros + 1);
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .subject(Long.toUnsignedString(uid))
            .issueTime(Date.from(now))
            .expirationTime(Date.from(end))
            .claim(ISSUED_MICROS, micros);
    if (!device.isEmpty()) {
      claims.claim(DEVICE, device);
    }
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("signing a token", e);
    }
    return new Issued(token.serialize(), end.getEpochSecond());
  }

  /// What a token says, if this server signed it. Whether it has expired is for the caller to see.
  public Optional<Verified> verify(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      if (!jwt.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256) || !jwt.verify(verifier)) {
        return Optional.empty();
      }
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      Date end = claims.getExpirationTime();
      Long micros = claims.getLongClaim(ISSUED_MICROS);
      if (!ISSUER.equals(claims.getIssuer()) || end == null || micros == null) {
        return Optional.empty();
      }
      String device = claims.getStringClaim(DEVICE);
      return Optional.of(
          new Verified(
              Long.parseUnsignedLong(claims.getSubject()),
              device == null ? "" : device,
              micros,
              end.toInstant().getEpochSecond()));
    } catch (ParseException | JOSEException | RuntimeException e) {
      return Optional.empty(); // the library has a RuntimeException for some of what is no token
    }
  }
}
