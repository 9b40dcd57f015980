package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jar as Keycloak loads it. */
class ProviderJarIT {
  private static final Path JAR = Path.of("target", "sekisho-keycloak.jar");

  @Test
  void isSmallAndCarriesNoLibrary() throws IOException {
    assertTrue(Files.size(JAR) <= 160 * 1024, Files.size(JAR) + " bytes");
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      List<String> foreign =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(".class"))
              .filter(name ->
                  !name.startsWith("jp/sekisho/keycloak/")
                      && !name.startsWith("jp/sekisho/protocol/"))
              .toList();
      assertEquals(List.of(), foreign);
      assertTrue(jar.getEntry("jp/sekisho/protocol/WireJson.class") != null);
      assertTrue(jar.getEntry("sekisho/realm-city.json") != null);
    }
  }
}
