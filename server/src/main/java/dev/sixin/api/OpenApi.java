package dev.sixin.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import dev.sixin.admin.v1.AdminOuterClass;

/// What is HTTP and JSON, described by OpenAPI 3.1. It is made from the descriptors that the code
/// runs on and from the comments of the .proto files.
public final class OpenApi {
  private static final String JSON = MediaType.JSON.toString();

  private final Comments comments = new Comments();
  private final JsonSchemas schemas = new JsonSchemas(comments);
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();
  private final ObjectNode paths;

  private OpenApi() {
    root.put("openapi", "3.1.0");
    root.putObject("info").put("title", "Sixin").put("version", "1");
    root.putArray("servers").addObject().put("url", "/");
    ObjectNode components = root.putObject("components");
    components
        .putObject("securitySchemes")
        .putObject("token")
        .put("type", "http")
        .put("scheme", "bearer");
    components.set("schemas", schemas.all());
    root.putArray("security").addObject().putArray("token");
    paths = root.putObject("paths");
  }

  /// A service that answers the description.
  public static HttpService service() {
    OpenApi api = new OpenApi();
    api.addSite(AdminOuterClass.getDescriptor().findServiceByName("Admin"));
    api.addImages();
    String json = api.root.toPrettyString();
    return (_, _) -> HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json);
  }

  /// Adds the calls of a service as [JsonApi] answers them.
  private void addSite(ServiceDescriptor service) {
    ObjectNode error = schemas.add("Error", Envelope.schema("detail", JsonSchemas.type("string")));
    for (MethodDescriptor method : service.getMethods()) {
      HttpRule rule = JsonApi.rule(method);
      ObjectNode operation =
          add("post", rule.getPost(), method.getName(), comments.of(method), service.getName());
      ObjectNode body = operation.putObject("requestBody").put("required", true);
      holds(body, JSON, schemas.of(method.getInputType()));
      ObjectNode answers = operation.putObject("responses");
      ObjectNode done = answers.putObject("200").put("description", "Done.");
      if (rule.getResponseBody().isEmpty()) {
        holds(done, JSON, schemas.of(method.getOutputType()));
      } else {
        holds(done, JsonCall.JSON_LINES.toString(), JsonSchemas.type("string"));
      }
      holds(answers.putObject("default").put("description", "Not done."), JSON, error);
    }
  }

  /// Adds the upload of a picture as [ImageApi] answers it.
  private void addImages() {
    ObjectNode operation =
        add(
            "post",
            ImageApi.UPLOAD,
            "UploadImage",
            "Stores a picture of at most 10 MiB: PNG, JPEG, GIF or WebP. The data are what the"
                + " content of a picture message needs.",
            "Images");
    ObjectNode form = JsonSchemas.type("object");
    ObjectNode file =
        JsonSchemas.type("string").put("contentMediaType", "application/octet-stream");
    form.putArray("required").add("file");
    form.putObject("properties").set("file", file);
    holds(
        operation.putObject("requestBody").put("required", true),
        MediaType.MULTIPART_FORM_DATA.toString(),
        form);
    ObjectNode data = JsonSchemas.type("object");
    ObjectNode members = data.putObject("properties");
    members.set("url", JsonSchemas.type("string").put("format", "uri"));
    members.set("width", JsonSchemas.type("integer"));
    members.set("height", JsonSchemas.type("integer"));
    members.set("imageType", JsonSchemas.type("string"));
    members.set("size", JsonSchemas.type("number").put("description", "In KB."));
    ObjectNode answer =
        operation.putObject("responses").putObject("200").put("description", "Done if code is 0.");
    holds(answer, JSON, Envelope.schema("data", data));
  }

  private ObjectNode add(String method, String path, String id, String description, String tag) {
    ObjectNode operation = paths.putObject(path).putObject(method);
    operation.put("operationId", id).put("description", description).putArray("tags").add(tag);
    return operation;
  }

  private static void holds(ObjectNode body, String type, ObjectNode schema) {
    body.putObject("content").putObject(type).set("schema", schema);
  }
}
