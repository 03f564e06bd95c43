package dev.sixin;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The arrows of ARCHITECTURE.md.
@AnalyzeClasses(packages = "dev.sixin", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] FEATURES = {
    "dev.sixin.session",
    "dev.sixin.relation",
    "dev.sixin.group",
    "dev.sixin.user",
    "dev.sixin.site",
    "dev.sixin.image",
    "dev.sixin.push"
  };
  private static final String[] ENGINES = {
    "dev.sixin.store.rocksdb", "dev.sixin.store.cassandra..", "dev.sixin.store.memory"
  };
  private static final String MESSAGE = "dev.sixin.message";
  private static final String ACCOUNT = "dev.sixin.account";
  private static final String BUS = "dev.sixin.bus..";
  private static final String API = "dev.sixin.api..";
  private static final String WEB = "dev.sixin.api.web";
  private static final String DOCS = "dev.sixin.api.docs";
  private static final String PROCESS = "dev.sixin";
  private static final String[] WIRE = {
    "dev.sixin.proto.im..",
    "dev.sixin.proto.rpc..",
    "dev.sixin.web..",
    "io.grpc..",
    "com.linecorp.armeria.."
  };

  @ArchTest
  static final ArchRule theApi_isUsedByTheProcessAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(API, PROCESS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(API, PROCESS);

  @ArchTest
  static final ArchRule theWebDialect_isUsedFromAboveAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(WEB, DOCS, PROCESS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(WEB);

  @ArchTest
  static final ArchRule theDescription_isUsedByTheProcessAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(DOCS, PROCESS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DOCS);

  @ArchTest
  static final ArchRule messages_areUsedFromAboveAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(MESSAGE, ACCOUNT, API, PROCESS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(MESSAGE);

  @ArchTest
  static final ArchRule accounts_areUsedFromAboveAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(ACCOUNT, API, PROCESS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ACCOUNT);

  @ArchTest
  static final ArchRule theBus_isKnownToTheProcessAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(BUS, PROCESS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(BUS, "io.nats..");

  @ArchTest
  static final ArchRule theBus_knowsNothingButPush =
      noClasses()
          .that()
          .resideInAPackage(BUS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.sixin.session",
              "dev.sixin.relation",
              "dev.sixin.group",
              "dev.sixin.user",
              "dev.sixin.site",
              "dev.sixin.image");

  @ArchTest
  static final ArchRule features_areUsedFromAboveAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.sixin.session",
              "dev.sixin.relation",
              "dev.sixin.group",
              "dev.sixin.user",
              "dev.sixin.site",
              "dev.sixin.image",
              "dev.sixin.push",
              BUS,
              MESSAGE,
              ACCOUNT,
              API,
              PROCESS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FEATURES);

  @ArchTest
  static final ArchRule features_doNotUseEachOther =
      slices()
          .matching("dev.sixin.(session|relation|group|user|site|image|push)")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule theStore_knowsNoMessaging =
      noClasses()
          .that()
          .resideInAnyPackage("dev.sixin.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.sixin.entity..", "dev.sixin.proto..", "dev.sixin.refusal..");

  @ArchTest
  static final ArchRule jobs_knowNoMessaging =
      noClasses()
          .that()
          .resideInAPackage("dev.sixin.job")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.sixin.proto..", "dev.sixin.refusal..");

  @ArchTest
  static final ArchRule backups_knowFilesOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.sixin.backup")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.sixin..").and(not(resideInAPackage("dev.sixin.backup"))));

  @ArchTest
  static final ArchRule engines_areKnownToTheProcessAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(ENGINES)
          .and()
          .resideOutsideOfPackage(PROCESS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ENGINES);

  @ArchTest
  static final ArchRule theRules_knowNoWire =
      noClasses()
          .that()
          .resideOutsideOfPackages(API, PROCESS, "dev.sixin.client", "dev.sixin.proto..")
          .and()
          .resideOutsideOfPackages("dev.sixin.admin..", "dev.sixin.web..", "dev.sixin.live..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(WIRE);

  @ArchTest
  static final ArchRule theSmallClients_useNothingButTheInterface =
      classes()
          .that()
          .resideInAPackage("dev.sixin.client")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages(
              API, MESSAGE, "dev.sixin.session", "dev.sixin.user", "dev.sixin.store..");

  @ArchTest
  static final ArchRule noPackage_isNamedForNothing =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..util..", "..common..", "..impl..", "..dto..", "..manager..", "..helper..");
}
