package dev.sixin.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import dev.sixin.proto.metadata.Metadata;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.token.SiteTokens;
import dev.sixin.token.Tokens;
import dev.sixin.token.Verified;
import dev.sixin.user.Users;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// Says who is calling. The only place that reads credentials.
public final class Authenticator {
  private static final String METADATA = "x-bili-metadata-bin";
  private static final String ACCESS_KEY = "identify_v1 ";
  private static final String BEARER = "Bearer ";
  private static final String SESSION_COOKIE = "SESSDATA";
  private static final String CSRF_COOKIE = "bili_jct";
  private static final int CACHED = 200_000;
  private static final Duration TRUST = Duration.ofMinutes(10);

  private final Tokens tokens;
  private final Optional<SiteTokens> siteTokens;
  private final Users users;
  private final byte[] adminToken;
  private final InstantSource clock;

  /// Tokens whose signature was checked; checking it again costs more than the rest of a call. It
  /// is checked again after a while, for the site may withdraw a key.
  private final Cache<String, Verified> verified =
      Caffeine.newBuilder().maximumSize(CACHED).expireAfterWrite(TRUST).build();

  /// @param siteTokens how the site's own tokens are verified, if it has any
  /// @param adminToken what admin calls must carry
  public Authenticator(
      Tokens tokens,
      Optional<SiteTokens> siteTokens,
      Users users,
      String adminToken,
      InstantSource clock) {
    this.tokens = tokens;
    this.siteTokens = siteTokens;
    this.users = users;
    this.adminToken = adminToken.getBytes(StandardCharsets.UTF_8);
    this.clock = clock;
  }

  /// The user who makes a call, or a refusal (-101).
  Caller user(RequestHeaders headers) {
    Metadata metadata = metadata(headers);
    Verified token = valid(accessKey(headers, metadata));
    return new Caller(token.uid(), device(token, metadata), source(metadata), token);
  }

  /// The user who makes a call of the web dialect, or a refusal (-101, -111). Who is known by a
  /// cookie alone may be led by another site's page, which can not read the cookies that the
  /// browser sends: so a call that writes has to repeat one of them.
  Caller user(WebCredentials credentials) {
    RequestHeaders headers = credentials.headers();
    Metadata metadata = metadata(headers);
    String accessKey = accessKey(headers, metadata);
    boolean byCookie = accessKey.isEmpty();
    Verified token = valid(byCookie ? cookie(headers, SESSION_COOKIE) : accessKey);
    if (byCookie && credentials.writes() && !isRepeated(headers, credentials.csrf())) {
      throw Refusal.of(Code.CSRF_FAILED, "csrf: not the value of the cookie " + CSRF_COOKIE);
    }
    MsgSource source =
        credentials.mobiApp().isEmpty() ? source(metadata) : source(credentials.mobiApp());
    return new Caller(token.uid(), device(token, metadata), source, token);
  }

  private Verified valid(String accessKey) {
    Verified token = verify(accessKey);
    long now = clock.instant().getEpochSecond();
    if (token.expiresSeconds() <= now || token.issuedMicros() <= users.revokedMicros(token.uid())) {
      throw Refusal.of(Code.NOT_SIGNED_IN, "token: expired or revoked");
    }
    return token;
  }

  private static String device(Verified token, Metadata metadata) {
    return token.device().isEmpty() ? metadata.getBuvid() : token.device();
  }

  private static boolean isRepeated(RequestHeaders headers, String csrf) {
    byte[] expected = cookie(headers, CSRF_COOKIE).getBytes(StandardCharsets.UTF_8);
    return !csrf.isEmpty()
        && MessageDigest.isEqual(csrf.getBytes(StandardCharsets.UTF_8), expected);
  }

  /// A cookie's value; empty if there is none.
  private static String cookie(RequestHeaders headers, String name) {
    return headers.cookies().stream()
        .filter(cookie -> cookie.name().equals(name))
        .map(Cookie::value)
        .findFirst()
        .orElse("");
  }

  /// Refuses (-101) a call that does not carry the admin token.
  void requireAdmin(RequestHeaders headers) {
    String token = authorization(headers, BEARER);
    byte[] given = token.getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, adminToken)) {
      throw Refusal.of(Code.NOT_SIGNED_IN, "authorization: not the admin token");
    }
  }

  private static String accessKey(RequestHeaders headers, Metadata metadata) {
    String identify = authorization(headers, ACCESS_KEY);
    if (!identify.isEmpty()) {
      return identify;
    }
    return metadata.getAccessKey().isEmpty()
        ? authorization(headers, BEARER)
        : metadata.getAccessKey();
  }

  /// What follows `scheme` in the authorization header that begins with it; empty if there is none.
  private static String authorization(RequestHeaders headers, String scheme) {
    for (String value : headers.getAll(HttpHeaderNames.AUTHORIZATION)) {
      if (value.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return value.substring(scheme.length()).strip();
      }
    }
    return "";
  }

  private Verified verify(String token) {
    if (token.isEmpty()) {
      throw Refusal.of(Code.NOT_SIGNED_IN, "no token");
    }
    Verified known = verified.getIfPresent(token);
    if (known != null) {
      return known;
    }
    Verified fresh =
        tokens
            .verify(token)
            .or(() -> siteTokens.flatMap(site -> site.verify(token)))
            .orElseThrow(() -> Refusal.of(Code.NOT_SIGNED_IN, "token: not a valid one"));
    verified.put(token, fresh);
    return fresh;
  }

  private static Metadata metadata(RequestHeaders headers) {
    String encoded = headers.get(METADATA);
    if (encoded == null) {
      return Metadata.getDefaultInstance();
    }
    try {
      return Metadata.parseFrom(Base64.getDecoder().decode(encoded.strip()));
    } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
      throw Refusal.of(Code.BAD_REQUEST, METADATA + ": not a Metadata message in base64");
    }
  }

  private static MsgSource source(Metadata metadata) {
    return source(metadata.getMobiApp() + ' ' + metadata.getPlatform());
  }

  private static MsgSource source(String name) {
    String client = name.toLowerCase(Locale.ROOT);
    if (client.contains("iphone") || client.contains("ipad") || client.contains("ios")) {
      return MsgSource.EN_MSG_SOURCE_IOS;
    }
    if (client.contains("android")) {
      return MsgSource.EN_MSG_SOURCE_ANDRIOD;
    }
    if (client.contains("h5")) {
      return MsgSource.EN_MSG_SOURCE_H5;
    }
    boolean desktop = client.contains("pc") || client.contains("win") || client.contains("mac");
    return desktop ? MsgSource.EN_MSG_SOURCE_PC : MsgSource.EN_MSG_SOURCE_WEB;
  }
}
