package jp.sekisho.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import jp.sekisho.server.storage.Writer;

/** The few rules the compiler cannot keep. */
@AnalyzeClasses(
    packages = "jp.sekisho.server",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule onlyStorageAndAuditWriteWithoutTransactions =
      noClasses()
          .that()
          .resideOutsideOfPackages("jp.sekisho.server.storage", "jp.sekisho.server.audit")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Writer.class)
          .because("every change must commit together with its audit entry");

  @ArchTest
  static final ArchRule storageKnowsNothingOfTheServiceButItself =
      noClasses()
          .that()
          .resideInAPackage("jp.sekisho.server.storage")
          .should()
          .dependOnClassesThat(
              resideInAPackage("jp.sekisho.server..")
                  .and(resideOutsideOfPackage("jp.sekisho.server.storage")));

  @ArchTest
  static final ArchRule storageAndAuditKnowNoFramework =
      noClasses()
          .that()
          .resideInAnyPackage("jp.sekisho.server.storage", "jp.sekisho.server.audit")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micronaut..");

  @ArchTest
  static final ArchRule featuresFormNoCycle =
      slices().matching("jp.sekisho.server.(*)..").should().beFreeOfCycles();
}
