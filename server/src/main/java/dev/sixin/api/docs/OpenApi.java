package dev.sixin.api.docs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import dev.sixin.admin.v1.AdminOuterClass;
import dev.sixin.api.JsonApi;
import dev.sixin.api.web.ImageApi;
import dev.sixin.api.web.Parameter;
import dev.sixin.api.web.Route;
import dev.sixin.web.v1.UploadedImage;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What is HTTP and JSON, described by OpenAPI 3.1. It is made from the descriptors that the code
/// runs on and from the comments of the .proto files.
public final class OpenApi {
  private static final String JSON = MediaType.JSON.toString();
  private static final String WEB = "Web";

  private final Comments comments = new Comments();
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();
  private final ObjectNode paths;
  private final SiteSchemas site;
  private final WebSchemas web;

  private OpenApi() {
    root.put("openapi", "3.1.0");
    root.putObject("info").put("title", "Sixin").put("version", "1");
    root.putArray("servers").addObject().put("url", "/");
    ObjectNode components = root.putObject("components");
    ObjectNode schemes = components.putObject("securitySchemes");
    schemes.putObject("token").put("type", "http").put("scheme", "bearer");
    schemes
        .putObject("cookie")
        .put("type", "apiKey")
        .put("in", "cookie")
        .put("name", "SESSDATA")
        .put(
            "description",
            "What writes then repeats the cookie bili_jct: in the field csrf, an upload in the"
                + " header "
                + ImageApi.CSRF
                + ".");
    ObjectNode schemas = components.putObject("schemas");
    schemas.set("Error", envelope(JsonSchemas.type("null")));
    site = new SiteSchemas(schemas, comments);
    web = new WebSchemas(schemas, comments);
    paths = root.putObject("paths");
  }

  /// A service that answers the description.
  ///
  /// @param routes the calls of the web dialect
  public static HttpService service(List<Route<?, ?>> routes) {
    OpenApi api = new OpenApi();
    api.addSite(AdminOuterClass.getDescriptor().findServiceByName("Admin"));
    routes.forEach(api::addRoute);
    api.addUpload();
    String json = api.root.toPrettyString();
    return (_, _) -> HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json);
  }

  /// Adds the calls of a service as [JsonApi] answers them.
  private void addSite(ServiceDescriptor service) {
    for (MethodDescriptor method : service.getMethods()) {
      HttpRule rule = JsonApi.rule(method);
      ObjectNode operation =
          add("post", rule.getPost(), method.getName(), comments.of(method), service.getName());
      secure(operation, "token");
      ObjectNode body = operation.putObject("requestBody").put("required", true);
      holds(body, JSON, site.of(method.getInputType()));
      ObjectNode answers = operation.putObject("responses");
      ObjectNode done = answers.putObject("200").put("description", "Done.");
      if (rule.getResponseBody().isEmpty()) {
        holds(done, JSON, site.of(method.getOutputType()));
      } else {
        holds(done, JsonApi.JSON_LINES.toString(), JsonSchemas.type("string"));
      }
      ObjectNode failed = answers.putObject("default").put("description", "Not done.");
      holds(failed, JSON, JsonSchemas.reference("Error"));
    }
  }

  /// Adds a call of the web dialect.
  private void addRoute(Route<?, ?> route) {
    MethodDescriptor call = route.descriptor();
    ObjectNode operation =
        add(
            route.method().name().toLowerCase(Locale.ROOT),
            route.path(),
            WEB + call.getName(),
            comments.of(call),
            WEB);
    secure(operation, "token", "cookie");
    if (route.writes()) {
      addForm(operation, route.parameters());
    } else if (!route.parameters().isEmpty()) {
      addQuery(operation.putArray("parameters"), route.parameters());
    }
    addWebAnswer(operation, call.getOutputType());
  }

  private void addQuery(ArrayNode query, List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      ObjectNode described = query.addObject().put("name", parameter.name()).put("in", "query");
      described.put("description", comments.of(parameter.field()));
      described.set("schema", web.of(parameter.field()));
      described.put("explode", !parameter.field().isRepeated());
    }
  }

  private void addForm(ObjectNode operation, List<Parameter> parameters) {
    ObjectNode form = JsonSchemas.type("object");
    ObjectNode fields = form.putObject("properties");
    for (Parameter parameter : parameters) {
      FieldDescriptor field = parameter.field();
      fields.set(parameter.name(), web.describe(web.of(field), field));
    }
    fields
        .putObject("csrf")
        .put("type", "string")
        .put("description", "The value of the cookie bili_jct, when SESSDATA says who calls.");
    holds(operation.putObject("requestBody"), MediaType.FORM_DATA.toString(), form);
  }

  private void addWebAnswer(ObjectNode operation, Descriptor data) {
    ObjectNode nothing = JsonNodeFactory.instance.objectNode();
    nothing
        .put("description", "Null unless code is 0.")
        .putArray("anyOf")
        .add(web.of(data))
        .add(JsonSchemas.type("null"));
    ObjectNode answer =
        operation.putObject("responses").putObject("200").put("description", "Done if code is 0.");
    holds(answer, JSON, envelope(nothing));
  }

  /// Adds the upload of a picture as [ImageApi] answers it.
  private void addUpload() {
    ObjectNode operation =
        add(
            "post",
            ImageApi.UPLOAD,
            "WebUploadImage",
            "Stores a picture of at most 10 MiB: PNG, JPEG, GIF or WebP. The data are what the"
                + " content of a picture message needs.",
            WEB);
    secure(operation, "token", "cookie");
    operation
        .putArray("parameters")
        .addObject()
        .put("name", ImageApi.CSRF)
        .put("in", "header")
        .put("description", "The value of the cookie bili_jct, when SESSDATA says who calls.")
        .set("schema", JsonSchemas.type("string"));
    ObjectNode form = JsonSchemas.type("object");
    form.putArray("required").add("file");
    form.putObject("properties")
        .set(
            "file", JsonSchemas.type("string").put("contentMediaType", "application/octet-stream"));
    holds(
        operation.putObject("requestBody").put("required", true),
        MediaType.MULTIPART_FORM_DATA.toString(),
        form);
    addWebAnswer(operation, UploadedImage.getDescriptor());
  }

  private ObjectNode add(String method, String path, String id, String description, String tag) {
    ObjectNode operation = paths.withObjectProperty(path).putObject(method);
    operation.put("operationId", id).put("description", description).putArray("tags").add(tag);
    return operation;
  }

  private static void secure(ObjectNode operation, String... schemes) {
    ArrayNode any = operation.putArray("security");
    for (String scheme : schemes) {
      any.addObject().putArray(scheme);
    }
  }

  private static ObjectNode envelope(ObjectNode data) {
    ObjectNode envelope = JsonSchemas.type("object");
    ObjectNode members = envelope.putObject("properties");
    members.set("code", JsonSchemas.type("integer").put("format", "int32"));
    members.set("msg", JsonSchemas.type("string"));
    members.set("message", JsonSchemas.type("string"));
    members.set("ttl", JsonSchemas.type("integer"));
    members.set("data", data);
    ArrayNode required = envelope.putArray("required");
    members.propertyStream().map(Map.Entry::getKey).forEach(required::add);
    members.set("detail", JsonSchemas.type("string").put("description", "For developers."));
    return envelope.put("additionalProperties", false);
  }

  private static void holds(ObjectNode body, String type, ObjectNode schema) {
    body.putObject("content").putObject(type).set("schema", schema);
  }
}
