package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jar as Keycloak loads it. */
class ProviderJarIT {
  private static final Path JAR = Path.of("target", "sekisho-keycloak.jar");

  /** In a class file, the name of one of ours; what follows is a byte that no name has. */
  private static final Pattern OURS = Pattern.compile("jp/sekisho/\\w+/[\\w$]+");

  @Test
  void isSmallAndCarriesNoLibrary() throws IOException {
    assertTrue(Files.size(JAR) <= 100 * 1024, Files.size(JAR) + " bytes");
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
      assertTrue(jar.getEntry("sekisho/realm-flows.sh") != null);
    }
  }

  /** Keycloak 26.7 runs on Java 17, too. */
  @Test
  void isForTheOldestJavaThatKeycloakRunsOn() throws IOException {
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      for (ZipEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
          assertEquals(0xCAFEBABE, in.readInt());
          assertEquals(0, in.readUnsignedShort(), "no preview");
          assertEquals(61, in.readUnsignedShort(), entry.getName());
        }
      }
    }
  }

  @Test
  void hasEveryClassOfOursThatItNames() throws IOException {
    Set<String> named = new TreeSet<>();
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      for (ZipEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (InputStream in = jar.getInputStream(entry)) {
          Matcher name = OURS.matcher(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
          while (name.find()) {
            named.add(name.group());
          }
        }
      }
      named.removeIf(name -> jar.getEntry(name + ".class") != null);
    }
    assertEquals(Set.of(), named);
  }
}
