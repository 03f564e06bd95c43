package dev.sixin.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tokens that the site signs itself, with keys that it publishes as a JWK set. Only asymmetric
/// signatures are taken: a shared secret would let anyone who can verify also sign.
public final class SiteTokens {
  private static final Logger log = LoggerFactory.getLogger(SiteTokens.class);

  private final String uidClaim;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  /// How the site signs.
  ///
  /// @param issuer the `iss` of its tokens
  /// @param jwks a file, or an http or https URL that is fetched and cached
  /// @param uidClaim the claim that holds the uid, a number or its digits
  /// @param audience the `aud` that its tokens must have; empty: not looked at
  public record Settings(String issuer, String jwks, String uidClaim, Optional<String> audience) {}

  /// @throws IllegalArgumentException when the keys can not be read
  public SiteTokens(Settings settings, InstantSource clock) {
    this.uidClaim = settings.uidClaim();
    Set<JWSAlgorithm> algorithms = new HashSet<>(JWSAlgorithm.Family.SIGNATURE);
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(algorithms, keys(settings.jwks())));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            settings.audience().orElse(null),
            new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
            Set.of("exp", "iat", uidClaim)) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        });
  }

  private static JWKSource<SecurityContext> keys(String jwks) {
    try {
      if (jwks.startsWith("http://") || jwks.startsWith("https://")) {
        return JWKSourceBuilder.<SecurityContext>create(URI.create(jwks).toURL())
            .refreshAheadCache(false) // it would need threads of its own
            .retrying(true)
            .outageTolerant(true)
            .build();
      }
      return new ImmutableJWKSet<>(JWKSet.load(Path.of(jwks).toFile()));
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("jwks: %s (expected: a file or a URL)".formatted(jwks), e);
    } catch (IOException | ParseException e) {
      throw new IllegalArgumentException(
          "jwks: %s can not be read: %s".formatted(jwks, e.getMessage()), e);
    }
  }

  /// What a token says, if the site signed it and it is valid now.
  public Optional<Verified> verify(String token) {
    try {
      JWTClaimsSet claims = processor.process(token, null);
      long uid = Long.parseUnsignedLong(String.valueOf(claims.getClaim(uidClaim)));
      if (uid == 0) {
        return Optional.empty();
      }
      return Optional.of(
          new Verified(
              uid,
              claims.getClaim(Tokens.DEVICE) instanceof String device ? device : "",
              claims.getIssueTime().toInstant().getEpochSecond() * 1_000_000,
              claims.getExpirationTime().toInstant().getEpochSecond()));
    } catch (RateLimitReachedException e) {
      return Optional.empty(); // tokens of unknown keys do not make us ask for keys without end
    } catch (KeySourceException e) {
      log.warn("the site's keys can not be fetched: {}", e.getMessage());
      return Optional.empty();
    } catch (ParseException | BadJOSEException | JOSEException | RuntimeException e) {
      return Optional.empty(); // the library has a RuntimeException for some of what is no token
    }
  }
}
