package dev.sixin.api;

import com.linecorp.armeria.common.RequestHeaders;

/// What a call of the web dialect says of who makes it.
///
/// @param writes whether the call may change something: a cookie alone does not do then
/// @param csrf what the form repeats of the cookie `bili_jct`; empty if nothing
/// @param mobiApp the client's name; empty if it told none
public record WebCredentials(RequestHeaders headers, boolean writes, String csrf, String mobiApp) {}
