import java.lang.classfile.Attribute;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.RecordAttribute;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;

/**
 * A Java agent for PIT's JVMs: makes our classes so that a JVM can exchange them more than once.
 *
 * <p>PIT exchanges a class for a changed one in a running JVM, where HotSpot (25.0.3) merges the constants of both and then points
 * what uses them to their new places. Two things go wrong there. Type annotations of a record's components (@Nullable) are read
 * as if they were plain ones; and of a nest member, permitted subclass or record component whose constant keeps its place, the
 * place becomes 0. The next exchange of that class is refused then ("attempted to change the class NestHost, NestMembers,
 * Record…") or ends the JVM with SIGSEGV in Symbol::as_C_string or ConstantPool::klass_name_at, and PIT counts the change as
 * noticed by the tests, which nobody asked. So type annotations, which nothing asks for at run time, are left out, and some
 * thousand constants that nobody uses stand in front of a class that is loaded: no place in a changed one, which has fewer, is
 * the same.
 */
public final class ExchangeableClasses implements ClassFileTransformer {
  private static final int UNUSED = 6000;

  /** {@code ours}: how the names of our classes begin, with slashes. */
  public static void premain(String ours, Instrumentation jvm) {
    jvm.addTransformer(new ExchangeableClasses(ours));
  }

  private final String ours;

  private ExchangeableClasses(String ours) {
    this.ours = ours;
  }

  @Override
  public byte[] transform(ClassLoader loader, String name, Class<?> before, ProtectionDomain domain, byte[] bytes) {
    if (name == null || !name.startsWith(ours)) {
      return null;
    }
    try {
      return made(loader, bytes, before == null ? UNUSED : 0);
    } catch (RuntimeException | Error e) {
      // The JVM goes on with the class as it was, and says nothing.
      System.err.println("ExchangeableClasses: " + name + ": " + e);
      throw e;
    }
  }

  private static byte[] made(ClassLoader loader, byte[] bytes, int unused) {
    ClassModel read = ClassFile.of().parse(bytes);
    ConstantPoolBuilder constants = ConstantPoolBuilder.of();
    for (int i = 0; i < unused; i++) {
      constants.utf8Entry("unused " + i);
    }
    // Frames are computed anew, from files: to load a class in the middle of loading another would define some twice.
    ClassHierarchyResolver supertypes = ClassHierarchyResolver.ofResourceParsing(loader);
    return ClassFile.of(ConstantPoolSharingOption.NEW_POOL, ClassHierarchyResolverOption.of(supertypes))
        .build(
            constants.classEntry(read.thisClass().asSymbol()),
            constants,
            made -> read.forEach(element -> withoutTypeAnnotations(made, element)));
  }

  private static void withoutTypeAnnotations(ClassBuilder made, ClassElement element) {
    switch (element) {
      case RuntimeVisibleTypeAnnotationsAttribute _ -> {}
      case RecordAttribute parts -> made.with(RecordAttribute.of(parts.components().stream().map(ExchangeableClasses::plain).toList()));
      case FieldModel field ->
          made.transformField(field, (to, part) -> {
            if (!(part instanceof RuntimeVisibleTypeAnnotationsAttribute)) {
              to.with(part);
            }
          });
      case MethodModel method ->
          made.transformMethod(method, (to, part) -> {
            if (!(part instanceof RuntimeVisibleTypeAnnotationsAttribute)) {
              to.with(part);
            }
          });
      default -> made.with(element);
    }
  }

  private static RecordComponentInfo plain(RecordComponentInfo part) {
    return RecordComponentInfo.of(part.name(), part.descriptor(), part.attributes().stream().filter(ExchangeableClasses::isPlain).toList());
  }

  private static boolean isPlain(Attribute<?> attribute) {
    return !(attribute instanceof RuntimeVisibleTypeAnnotationsAttribute);
  }
}
