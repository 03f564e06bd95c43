package dev.sixin.api.docs;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The comments of the .proto files, which the descriptors of the stubs do not carry.
final class Comments {
  private static final String RESOURCE = "/META-INF/armeria/grpc/sixin.dsc";

  private final Map<Place, String> texts = new HashMap<>();

  /// Where a comment stands.
  ///
  /// @param path the way to what it explains, as in SourceCodeInfo
  private record Place(String file, List<Integer> path) {}

  /// Reads what the build packed.
  Comments() {
    try (InputStream packed = Comments.class.getResourceAsStream(RESOURCE)) {
      for (FileDescriptorProto file : FileDescriptorSet.parseFrom(packed).getFileList()) {
        for (Location location : file.getSourceCodeInfo().getLocationList()) {
          Place place = new Place(file.getName(), List.copyOf(location.getPathList()));
          texts.put(place, location.getLeadingComments().strip().replaceAll("\\s+", " "));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What is said about something; empty if nothing.
  String of(GenericDescriptor what) {
    return texts.getOrDefault(new Place(what.getFile().getName(), path(what).toList()), "");
  }

  private static Stream<Integer> path(GenericDescriptor what) {
    return switch (what) {
      case ServiceDescriptor service ->
          Stream.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, service.getIndex());
      case MethodDescriptor method ->
          within(
              method.getService(), ServiceDescriptorProto.METHOD_FIELD_NUMBER, method.getIndex());
      case Descriptor message when message.getContainingType() == null ->
          Stream.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, message.getIndex());
      case Descriptor message ->
          within(
              message.getContainingType(),
              DescriptorProto.NESTED_TYPE_FIELD_NUMBER,
              message.getIndex());
      case FieldDescriptor field ->
          within(field.getContainingType(), DescriptorProto.FIELD_FIELD_NUMBER, field.getIndex());
      case EnumDescriptor type when type.getContainingType() == null ->
          Stream.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, type.getIndex());
      case EnumDescriptor type ->
          within(type.getContainingType(), DescriptorProto.ENUM_TYPE_FIELD_NUMBER, type.getIndex());
      case EnumValueDescriptor value ->
          within(value.getType(), EnumDescriptorProto.VALUE_FIELD_NUMBER, value.getIndex());
      default -> throw new IllegalArgumentException("no comments: " + what.getFullName());
    };
  }

  private static Stream<Integer> within(GenericDescriptor outer, int kind, int index) {
    return Stream.concat(path(outer), Stream.of(kind, index));
  }
}
