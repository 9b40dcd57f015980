package jp.sekisho;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Clock;
import java.time.temporal.Temporal;

/** What the code both sides share may know: nothing of ours, no net, no files, no clock. */
@AnalyzeClasses(packages = "jp.sekisho", importOptions = ImportOption.DoNotIncludeTests.class)
class CoreArchitectureTest {

  @ArchTest
  static final ArchRule CORE_KNOWS_NOBODY_OF_OURS =
      classes()
          .that()
          .resideInAPackage("jp.sekisho..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify.annotations",
              "com.fasterxml.jackson..",
              "org.bouncycastle..",
              "jp.sekisho.protocol..",
              "jp.sekisho.policy..");

  @ArchTest
  static final ArchRule BOUNCY_CASTLE_IS_FOR_KEYS_OF_SIGNED_FILES =
      noClasses()
          .that()
          .resideOutsideOfPackage("jp.sekisho.policy.trust")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..");

  @ArchTest
  static final ArchRule NO_PROVIDER_OF_BOUNCY_CASTLE =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.bouncycastle.jce..");

  // URI is a name, not the net: nothing in it opens a connection.
  @ArchTest
  static final ArchRule NO_NET_AND_NO_FILES =
      noClasses()
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAnyPackage("java.net..", "java.nio.file..", "java.sql..")
                  .and(DescribedPredicate.not(JavaClass.Predicates.type(java.net.URI.class))))
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\.(File|RandomAccessFile).*")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.lang\\.(ProcessBuilder|Thread|Runtime)");

  @ArchTest
  static final ArchRule NO_CLOCK =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class)
          .orShould()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "the time is read",
                  (JavaAccess<?> call) ->
                      (call.getName().equals("now")
                              && call.getTargetOwner().isAssignableTo(Temporal.class))
                          || call.getName().matches("currentTimeMillis|nanoTime")));

  @ArchTest
  static final ArchRule CAPABILITIES_DO_NOT_FORM_CYCLES =
      slices().matching("jp.sekisho.policy.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule PACKAGES_OF_THE_WIRE_DO_NOT_FORM_CYCLES =
      slices()
          .assignedFrom(
              new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass one) {
                  return one.getPackageName().startsWith("jp.sekisho.protocol")
                      ? SliceIdentifier.of(one.getPackageName())
                      : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                  return "packages of the wire";
                }
              })
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_WIRE_KNOWS_NO_POLICY =
      noClasses()
          .that()
          .resideInAPackage("jp.sekisho.protocol..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jp.sekisho.policy..");
}
