import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;

/**
 * Prints what a class archive needs to hold the lambdas of the classes named on standard input.
 *
 * <p>{@code java LambdaList.java JAR <classes}: one class a line, with slashes, found in the jar or among the JDK's own;
 * what is found in neither is left out. Printed are the lines a run would leave with {@code -XX:DumpLoadedClassList} had
 * it come across every lambda: {@code @lambda-proxy} for each and {@code @lambda-form-invoker} for what links it. A lambda
 * that is not in the archive is spun as a class when it is first met, which costs the emulated CPU 10 to 30 ms each time.
 */
public final class LambdaList {
  private LambdaList() {}

  public static void main(String[] arguments) throws IOException {
    Set<String> invokers = new LinkedHashSet<>();
    // Not a set: each of two equal lines serves one of two equal lambdas.
    List<String> proxies = new ArrayList<>();
    try (JarFile jar = new JarFile(arguments[0]);
        BufferedReader classes = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String name = classes.readLine(); name != null; name = classes.readLine()) {
        byte[] bytes = read(jar, name + ".class");
        if (bytes != null) lambdas(ClassFile.of().parse(bytes), proxies, invokers);
      }
    }
    invokers.forEach(System.out::println);
    proxies.forEach(System.out::println);
  }

  private static byte[] read(JarFile jar, String entry) throws IOException {
    var inJar = jar.getJarEntry(entry);
    try (InputStream in = inJar != null ? jar.getInputStream(inJar) : ClassLoader.getSystemResourceAsStream(entry)) {
      return in == null ? null : in.readAllBytes();
    }
  }

  private static void lambdas(ClassModel model, List<String> proxies, Set<String> invokers) {
    String caller = model.thisClass().asInternalName();
    for (MethodModel method : model.methods()) {
      if (method.code().isEmpty()) continue;
      for (CodeElement element : method.code().get()) {
        if (element instanceof InvokeDynamicInstruction site && isLambda(site.bootstrapMethod())) {
          List<ConstantDesc> arguments = site.bootstrapArgs();
          if (arguments.get(0) instanceof MethodTypeDesc erased
              && arguments.get(1) instanceof DirectMethodHandleDesc body
              && arguments.get(2) instanceof MethodTypeDesc actual) {
            String captured = basicTypes(site.typeSymbol().parameterList());
            invokers.add(invoker("DirectMethodHandle$Holder newInvokeSpecial", "L" + captured, 'L'));
            invokers.add(invoker("Invokers$Holder linkToTargetMethod", captured + "L", 'L'));
            addBodyInvokers(body, invokers);
            proxies.add(
                String.join(
                    " ",
                    "@lambda-proxy",
                    caller,
                    site.name().stringValue(),
                    site.type().stringValue(),
                    erased.descriptorString(),
                    "REF_" + reference(body.kind()),
                    internal(body.owner()),
                    body.methodName(),
                    body.lookupDescriptor(),
                    actual.descriptorString()));
          }
        }
      }
    }
  }

  private static boolean isLambda(DirectMethodHandleDesc bootstrap) {
    return bootstrap.methodName().equals("metafactory")
        && bootstrap.owner().descriptorString().equals("Ljava/lang/invoke/LambdaMetafactory;");
  }

  /**
   * What the handle of a lambda's body is called through: the handle, the receiver if there is one, the parameters. A method
   * that nobody can override is called as a special one, a static one of a class not yet initialised in a way of its own.
   */
  private static void addBodyInvokers(DirectMethodHandleDesc body, Set<String> invokers) {
    MethodTypeDesc type = MethodTypeDesc.ofDescriptor(body.lookupDescriptor());
    String parameters = basicTypes(type.parameterList());
    char result = basicType(type.returnType());
    String holder = "DirectMethodHandle$Holder ";
    switch (reference(body.kind())) {
      case "newInvokeSpecial" -> invokers.add(invoker(holder + "newInvokeSpecial", "L" + parameters, 'L'));
      case "invokeStatic" -> {
        invokers.add(invoker(holder + "invokeStatic", "L" + parameters, result));
        invokers.add(invoker(holder + "invokeStaticInit", "L" + parameters, result));
      }
      case "invokeInterface" -> invokers.add(invoker(holder + "invokeInterface", "LL" + parameters, result));
      default -> {
        invokers.add(invoker(holder + "invokeVirtual", "LL" + parameters, result));
        invokers.add(invoker(holder + "invokeSpecial", "LL" + parameters, result));
      }
    }
  }

  private static String invoker(String holder, String types, char result) {
    return "@lambda-form-invoker [LF_RESOLVE] java.lang.invoke." + holder + " " + shorter(types) + "_" + result;
  }

  private static String reference(DirectMethodHandleDesc.Kind kind) {
    return switch (kind) {
      case STATIC, INTERFACE_STATIC -> "invokeStatic";
      case SPECIAL, INTERFACE_SPECIAL -> "invokeSpecial";
      case CONSTRUCTOR -> "newInvokeSpecial";
      case INTERFACE_VIRTUAL -> "invokeInterface";
      default -> "invokeVirtual";
    };
  }

  private static String internal(ClassDesc owner) {
    String descriptor = owner.descriptorString();
    return descriptor.startsWith("L") ? descriptor.substring(1, descriptor.length() - 1) : descriptor;
  }

  /** One letter a parameter, as {@code java.lang.invoke} folds them: references are L, what is smaller than an int is I. */
  private static String basicTypes(List<ClassDesc> parameters) {
    StringBuilder letters = new StringBuilder();
    parameters.forEach(parameter -> letters.append(basicType(parameter)));
    return letters.toString();
  }

  private static char basicType(ClassDesc type) {
    char first = type.descriptorString().charAt(0);
    return switch (first) {
      case '[', 'L' -> 'L';
      case 'Z', 'B', 'S', 'C', 'I' -> 'I';
      default -> first;
    };
  }

  /** Three equal letters and more are written as the letter and their number. */
  private static String shorter(String letters) {
    StringBuilder out = new StringBuilder();
    for (int from = 0; from < letters.length(); ) {
      int to = from;
      while (to < letters.length() && letters.charAt(to) == letters.charAt(from)) to++;
      if (to - from > 2) out.append(letters.charAt(from)).append(to - from);
      else out.append(letters, from, to);
      from = to;
    }
    return out.toString();
  }
}
