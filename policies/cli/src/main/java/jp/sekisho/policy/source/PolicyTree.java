package jp.sekisho.policy.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.PolicyLayers;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.ScopedLayer.Below;
import jp.sekisho.policy.Settings;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.Comparison;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.source.Problem.Code;
import jp.sekisho.policy.source.Problem.Position;
import jp.sekisho.policy.usb.EnrolledPeripheral;
import jp.sekisho.policy.usb.UsbSettings;

/**
 * All layers of an organisation: the {@code *.yaml} of one directory (those ending in {@code
 * .cases.yaml} are cases), or one file that is the common layer. What else lies in the directory is
 * refused unless it can be no layer ({@code .git}, {@code .md}, {@code .json}): a layer that is not
 * read would leave its terminals under a wider one.
 *
 * <p>A layer that would permit more than one above it refuses the whole directory: nothing is ever
 * compiled from a part.
 */
final class PolicyTree {
  /** The ending of files with cases. */
  static final String CASES = ".cases.yaml";

  /** Where a terminal stands that no layer names. */
  static final String COMMON = "common";

  private static final String LAYER = ".yaml";

  /** Notes and compiled policies may lie beside the layers. */
  private static final List<String> BESIDE = List.of(".md", ".json");

  /** What was read. */
  sealed interface Outcome {
    /**
     * A whole organisation.
     *
     * @param warnings what changes nothing
     */
    record Read(PolicyTree tree, List<Located> warnings) implements Outcome {}

    /** Everything that is wrong; at least one problem. */
    record Refused(List<Located> problems) implements Outcome {}
  }

  private final LayerSource common;
  private final List<LayerSource> lower;
  private final Map<String, Policy> policies = new LinkedHashMap<>();
  private final List<Located> problems = new ArrayList<>();
  private final List<Located> warnings = new ArrayList<>();

  private PolicyTree(LayerSource common, List<LayerSource> lower) {
    this.common = common;
    this.lower = lower;
  }

  static Outcome read(Path path) throws InputFile.UnreadableException {
    List<LayerSource> layers = new ArrayList<>();
    List<Located> problems = new ArrayList<>();
    for (Path file : unknown(path)) {
      problems.add(new Located(file, Problem.of(Code.FILE_UNKNOWN, start(), "", ending(file))));
    }
    for (Path file : files(path)) {
      LayerCompiler.Outcome outcome = SourceFile.layer(file);
      if (outcome instanceof LayerCompiler.Outcome.Refused refused) {
        refused.problems().forEach(problem -> problems.add(new Located(file, problem)));
      } else {
        layers.add(((LayerCompiler.Outcome.Compiled) outcome).layer());
      }
    }
    if (!problems.isEmpty()) {
      return new Outcome.Refused(problems);
    }
    List<LayerSource> common =
        layers.stream().filter(one -> one.head().layer() == Layer.COMMON).toList();
    if (common.size() != 1) {
      String names = String.join(" ", common.stream().map(one -> one.place(start())).toList());
      Code code = common.isEmpty() && layers.size() == 1 ? Code.LAYER_ALONE : Code.LAYER_COMMON;
      String argument = code == Code.LAYER_ALONE ? layers.get(0).head().scope() : names;
      // Without an argument the message says "none".
      String[] arguments = argument.isEmpty() ? new String[0] : new String[] {argument};
      return new Outcome.Refused(
          List.of(new Located(path, Problem.of(code, start(), "", arguments))));
    }
    layers.removeAll(common);
    layers.sort(
        Comparator.comparing((LayerSource one) -> one.head().layer())
            .thenComparing(one -> one.head().scope()));
    return new PolicyTree(common.get(0), List.copyOf(layers)).checked();
  }

  private static Position start() {
    return new Position(1, 1);
  }

  /** The layers' files, by name. */
  static List<Path> files(Path path) throws InputFile.UnreadableException {
    return Files.isDirectory(path)
        ? entries(path).stream()
            .filter(file -> file.toString().endsWith(LAYER) && !file.toString().endsWith(CASES))
            .toList()
        : List.of(path);
  }

  /** What lies among the layers and is nothing that may. */
  private static List<Path> unknown(Path path) throws InputFile.UnreadableException {
    return Files.isDirectory(path)
        ? entries(path).stream().filter(PolicyTree::isUnknown).toList()
        : List.of();
  }

  private static boolean isUnknown(Path file) {
    String name = file.getFileName().toString();
    return !name.endsWith(LAYER)
        && !name.startsWith(".")
        && BESIDE.stream().noneMatch(name::endsWith);
  }

  static List<Path> entries(Path directory) throws InputFile.UnreadableException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new InputFile.UnreadableException(
          Exit.ENVIRONMENT, "error.unreadable", directory.toString());
    }
  }

  /** {@code .yml}, or the name of what has no ending. */
  private static String ending(Path file) {
    String name = file.getFileName().toString();
    if (Files.isDirectory(file)) {
      return name + "/";
    }
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(dot);
  }

  private Outcome checked() {
    Map<String, LayerSource> scopes = new HashMap<>();
    for (LayerSource one : lower) {
      LayerSource other = scopes.putIfAbsent(one.head().scope(), one);
      if (other != null) {
        Position at = one.read().at("/layer");
        String place = other.place(other.read().at("/layer"));
        problem(one, Code.LAYER_TWICE, at, "/layer", one.head().scope(), place);
      }
      terminalsOf(one);
      List<LayerSource> above = above(one);
      Settings.all().forEach(setting -> compare(setting, one, above));
      roles(one, above);
    }
    deadEntries(common);
    lower.forEach(this::deadEntries);
    lower.forEach(this::unused);
    if (problems.isEmpty()) {
      compileAll();
    }
    return problems.isEmpty()
        ? new Outcome.Read(this, List.copyOf(warnings))
        : new Outcome.Refused(List.copyOf(problems));
  }

  /** A terminal belongs to one chain of layers. */
  private void terminalsOf(LayerSource one) {
    for (LayerSource other : lower) {
      if (other.file().equals(one.file())) {
        return;
      }
      boolean related =
          one.head().reaches(other.head().scope()) || other.head().reaches(one.head().scope());
      if (!related && one.head().overlaps(other.head())) {
        Position at = one.read().at("/layer/terminals");
        String place = other.place(other.read().at("/layer/terminals"));
        String terminals = String.join(", ", one.head().terminals());
        problem(one, Code.TERMINAL_TWICE, at, "/layer/terminals", terminals, place);
      }
    }
  }

  /** The layers over {@code one}, the nearest first. */
  private List<LayerSource> above(LayerSource one) {
    List<LayerSource> above = new ArrayList<>();
    for (LayerSource other : lower) {
      if (other.head().layer().compareTo(one.head().layer()) < 0
          && other.head().reaches(one.head().scope())) {
        above.add(0, other);
      }
    }
    above.add(common);
    return above;
  }

  private <T> void compare(Setting<T> setting, LayerSource one, List<LayerSource> above) {
    Rule<T> rule = one.layer().values().rule(setting).orElse(null);
    if (rule == null) {
      return;
    }
    // Each layer above only tightened, so the nearest that says something is the strictest.
    LayerSource upper =
        above.stream()
            .filter(other -> other.layer().values().rule(setting).isPresent())
            .findFirst()
            .orElse(common);
    String path = LayerSource.pointer(setting);
    T limit =
        common.layer().values().rule(setting).isPresent()
            ? upper.layer().values().value(setting)
            : setting.strictest();
    LayerSource named = common.layer().values().rule(setting).isPresent() ? upper : common;
    String place = named.place(named.at(setting));
    if (PolicyLayers.widens(setting, named.layer().values(), one.layer().values())) {
      problem(
          one,
          Code.LAYER_WIDENS,
          one.at(setting),
          path,
          ValueWords.of(rule.value()),
          ValueWords.of(limit),
          place);
    } else if (setting.order().compare(limit, rule.value()) == Comparison.SAME) {
      warning(one, Code.RULE_DEAD, one.at(setting), path, place);
    }
  }

  private void roles(LayerSource one, List<LayerSource> above) {
    List<Rule<ReaderAssignment>> roles = one.layer().roles();
    for (int i = 0; i < roles.size(); i++) {
      if (!PolicyLayers.takesAway(roles.get(i))) {
        LayerSource upper = above.get(above.size() - 1);
        String role = upper.layer().roles().get(upper.layer().roles().size() - 1).id();
        String path = "/readers/roles/" + i + "/value";
        String place = upper.place(upper.read().at("/readers/roles"));
        String value = ValueWords.of(roles.get(i).value());
        problem(one, Code.LAYER_WIDENS, one.read().at(path), path, value, role, place);
      }
    }
  }

  private void deadEntries(LayerSource one) {
    List<Rule<ReaderAssignment>> roles = one.layer().roles();
    for (int i = 0; i < roles.size(); i++) {
      for (int k = 0; k < i; k++) {
        // A pattern that matches another pattern's text matches all that one matches.
        if (roles.get(k).value().matches(roles.get(i).value().name())) {
          String path = "/readers/roles/" + i + "/value/name";
          Position earlier = one.read().at("/readers/roles/" + k + "/value/name");
          warning(one, Code.ENTRY_DEAD, one.read().at(path), path, one.place(earlier));
          break;
        }
      }
    }
    List<EnrolledPeripheral> enrolled = one.layer().values().value(UsbSettings.ENROLLED);
    for (int i = 0; i < enrolled.size(); i++) {
      for (int k = 0; k < enrolled.size(); k++) {
        if (i != k
            && UsbSettings.ENROLLED
                .order()
                .tightens(List.of(enrolled.get(i)), List.of(enrolled.get(k)))) {
          String path = "/usb/enrolled/value/" + i;
          Position earlier = one.read().at("/usb/enrolled/value/" + k);
          warning(one, Code.ENTRY_DEAD, one.read().at(path), path, one.place(earlier));
          break;
        }
      }
    }
  }

  /** A layer that no terminal reaches is obeyed by none, whatever it says. */
  private void unused(LayerSource one) {
    boolean binds =
        lower.stream()
            .anyMatch(other ->
                one.head().reaches(other.head().scope()) && !other.head().terminals().isEmpty());
    if (!binds) {
      warning(one, Code.LAYER_UNUSED, one.read().at("/layer"), "/layer", one.head().scope());
    }
  }

  private void compileAll() {
    compile(common, COMMON);
    lower.forEach(one -> compile(one, one.head().scope()));
  }

  private void compile(LayerSource lowest, String scope) {
    List<LayerSource> chain = lower.stream().filter(one -> one.head().reaches(scope)).toList();
    PolicyCompiler.Outcome outcome = PolicyCompiler.combine(common, chain);
    if (outcome instanceof PolicyCompiler.Outcome.Refused refused) {
      refused.problems().forEach(problem -> problems.add(new Located(lowest.file(), problem)));
    } else {
      policies.put(scope, ((PolicyCompiler.Outcome.Compiled) outcome).policy());
    }
  }

  private void problem(LayerSource in, Code code, Position at, String path, String... arguments) {
    problems.add(new Located(in.file(), Problem.of(code, at, path, arguments)));
  }

  private void warning(LayerSource in, Code code, Position at, String path, String... arguments) {
    warnings.add(new Located(in.file(), Problem.of(code, at, path, arguments)));
  }

  /**
   * The layers below the common one as they are signed: a 機関's own one for each 機関, also where no
   * source speaks of it, since it names those below it. A layer that no terminal obeys is left out.
   */
  List<ScopedLayer> scopedLayers() {
    Map<LayerScope, PolicyLayer> layers = new TreeMap<>();
    Map<String, List<Below>> below = new TreeMap<>();
    for (LayerSource one : lower) {
      LayerScope scope = one.head().layerScope();
      List<String> terminals = terminalsBelow(one);
      LayerScope own = new LayerScope(scope.organ(), null, null);
      layers.putIfAbsent(own, new PolicyLayer(Layer.ORGAN, SettingValues.NONE, List.of()));
      if (scope.equals(own)) {
        layers.put(own, one.layer());
      } else if (!terminals.isEmpty()) {
        layers.put(scope, one.layer());
        below
            .computeIfAbsent(scope.organ(), key -> new ArrayList<>())
            .add(new Below(scope, terminals));
      }
    }
    below.values().forEach(list -> list.sort(Comparator.comparing(Below::scope)));
    List<ScopedLayer> scoped = new ArrayList<>();
    layers.forEach((scope, layer) -> {
      List<Below> named =
          scope.division() == null ? below.getOrDefault(scope.organ(), List.of()) : List.of();
      scoped.add(new ScopedLayer(scope, named, layer));
    });
    return scoped;
  }

  /** Whose terminals obey {@code one}: its own and those of the layers below it. */
  private List<String> terminalsBelow(LayerSource one) {
    return lower.stream()
        .filter(other -> one.head().reaches(other.head().scope()))
        .flatMap(other -> other.head().terminals().stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** The policies, by scope: {@code common}, {@code mayor}, {@code mayor/tax} … */
  Map<String, Policy> policies() {
    return Map.copyOf(policies);
  }

  /** The scopes, from the common one down. */
  List<String> scopes() {
    return List.copyOf(policies.keySet());
  }

  /** The lowest layer that names the terminal; the common one if none does. */
  String scopeOf(String terminal) {
    String scope = COMMON;
    for (LayerSource one : lower) {
      if (one.head().names(terminal)) {
        scope = one.head().scope();
      }
    }
    return scope;
  }

  /** What the terminal obeys. */
  Policy policyOf(String terminal) {
    return policyIn(scopeOf(terminal));
  }

  /** What holds in one of {@link #scopes}. */
  Policy policyIn(String scope) {
    Policy policy = policies.get(scope);
    if (policy == null) {
      throw new IllegalStateException("every scope was compiled");
    }
    return policy;
  }
}
