package dev.sixin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Values of options that the command line does not give: from `SIXIN_*` variables, then from the
/// configuration file.
final class Defaults implements IDefaultValueProvider {
  private static final String CONFIG = "--config";
  private static final String CONFIG_VARIABLE = "SIXIN_CONFIG";
  private static final Path USUAL_FILE = Path.of("sixin.yaml");

  private final Map<String, String> environment;
  private final Map<String, String> file;

  private Defaults(Map<String, String> environment, Map<String, String> file) {
    this.environment = environment;
    this.file = file;
  }

  /// Reads the file that `--config` or `SIXIN_CONFIG` names, else `sixin.yaml` if it is there.
  ///
  /// @throws UsageException when it can not be read or is not a map of options
  static Defaults of(List<String> args, Map<String, String> environment) {
    String named = named(args, environment);
    if (named == null && !Files.exists(USUAL_FILE)) {
      return new Defaults(environment, Map.of());
    }
    Path path = named == null ? USUAL_FILE : Path.of(named);
    return new Defaults(environment, read(path));
  }

  private static String named(List<String> args, Map<String, String> environment) {
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String arg = rest.next();
      if (arg.startsWith(CONFIG + "=")) {
        return arg.substring(CONFIG.length() + 1);
      }
      if (arg.equals(CONFIG) && rest.hasNext()) {
        return rest.next();
      }
    }
    return environment.get(CONFIG_VARIABLE);
  }

  private static Map<String, String> read(Path path) {
    try {
      Map<String, Object> entries =
          new YAMLMapper().readValue(path.toFile(), new TypeReference<Map<String, Object>>() {});
      Map<String, String> values = new TreeMap<>();
      if (entries != null) {
        entries.forEach((name, value) -> values.put(name, text(path, name, value)));
      }
      List<String> unknown =
          values.keySet().stream().filter(name -> !Options.isName("--" + name)).toList();
      if (!unknown.isEmpty()) {
        throw new UsageException(
            "%s: %s: no such option".formatted(path, String.join(", ", unknown)));
      }
      return values;
    } catch (JsonProcessingException e) {
      throw new UsageException("%s: not a YAML map: %s".formatted(path, e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UsageException("%s: can not be read: %s".formatted(path, e.getMessage()));
    }
  }

  private static String text(Path path, String name, Object value) {
    return switch (value) {
      case null -> "";
      case List<?> list -> list.stream().map(String::valueOf).collect(Collectors.joining(","));
      case Map<?, ?> _ ->
          throw new UsageException(
              "%s: %s: a map (expected: a value or a list)".formatted(path, name));
      default -> value.toString();
    };
  }

  @Override
  public String defaultValue(ArgSpec spec) {
    if (!(spec instanceof OptionSpec option)) {
      return null;
    }
    String name = option.longestName();
    if (!name.startsWith("--")) {
      return null;
    }
    String variable = "SIXIN_" + name.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    String value = environment.get(variable);
    return value != null ? value : file.get(name.substring(2));
  }
}
