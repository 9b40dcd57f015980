package jp.sekisho.smartcard;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "jp.sekisho.smartcard",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule KNOWS_NOTHING_OF_THE_REST_OF_SEKISHO =
      noClasses()
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "are ours but not of this module",
                  (JavaClass type) ->
                      type.getPackageName().startsWith("jp.sekisho.")
                          && !type.getPackageName().startsWith("jp.sekisho.smartcard")));

  @ArchTest
  static final ArchRule ONLY_PCSC_AND_PKCS11_SEE_JNA =
      noClasses()
          .that()
          .resideOutsideOfPackages("jp.sekisho.smartcard.pcsc", "jp.sekisho.smartcard.pkcs11")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("jp.sekisho.smartcard.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NOBODY_INSTALLS_A_PROVIDER =
      noClasses()
          .should()
          .callMethod(java.security.Security.class, "addProvider", java.security.Provider.class)
          .orShould()
          .callMethod(
              java.security.Security.class,
              "insertProviderAt",
              java.security.Provider.class,
              int.class);
}
