/// Expected outcomes that are not success: every code that a client can meet stands in
/// [Code][dev.sixin.refusal.Code], and nowhere else.
package dev.sixin.refusal;
