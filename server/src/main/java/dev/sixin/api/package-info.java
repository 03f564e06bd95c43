/// The wire: who is calling, whether a request is legal, and how answers and errors look. With
/// [dev.sixin.api.web] and [dev.sixin.api.docs], the only packages that know gRPC and HTTP.
///
/// Start reading at [ImInterfaceService][dev.sixin.api.ImInterfaceService]. Every call of every
/// service passes [Calls][dev.sixin.api.Calls], which asks
/// [Authenticator][dev.sixin.api.Authenticator] who is calling; what is thrown becomes an answer by
/// [Errors][dev.sixin.api.Errors]. What a call answers is put together in
/// [Conversations][dev.sixin.api.Conversations], [Inboxes][dev.sixin.api.Inboxes],
/// [Unread][dev.sixin.api.Unread], [Settings][dev.sixin.api.Settings] and
/// [RelationSync][dev.sixin.api.RelationSync]. The site's calls are
/// [AdminService][dev.sixin.api.AdminService]; [JsonApi][dev.sixin.api.JsonApi] makes them HTTP and
/// JSON too.
package dev.sixin.api;
