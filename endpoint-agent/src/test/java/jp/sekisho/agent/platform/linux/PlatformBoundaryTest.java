package jp.sekisho.agent.platform.linux;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "jp.sekisho.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class PlatformBoundaryTest {
  @ArchTest
  static final ArchRule ONLY_PLATFORM_PACKAGES_SEE_JNA =
      noClasses()
          .that()
          .resideOutsideOfPackage("jp.sekisho.agent.platform..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule ONLY_COMMANDS_SEE_PICOCLI =
      noClasses()
          .that()
          .resideOutsideOfPackage("jp.sekisho.agent.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLE =
      slices().matching("jp.sekisho.agent.(**)").should().beFreeOfCycles();
}
