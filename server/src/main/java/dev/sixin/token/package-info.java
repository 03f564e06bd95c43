/// Access tokens: the ones that this server signs, and the ones that a site signs itself. Start
/// reading at [Tokens][dev.sixin.token.Tokens].
package dev.sixin.token;
