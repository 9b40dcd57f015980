package jp.sekisho.server.person;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.PrivateFiles;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bytes under the seals of this package's rows, a format on disk: rows and seals here are
 * literals made by another program, and must be read for ever.
 */
class PersonSealTest {
  private static final byte[] ENTRY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

  @TempDir Path directory;

  private static byte[] mac(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static void insert(OpenStorage storage, String sql, Object... values) {
    assertEquals(
        1,
        storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql, values)));
  }

  @Test
  void rowsOfTheFirstVersionAreReadAfterTheMigration() throws Exception {
    Path file = directory.resolve("sekisho.db");
    PrivateFiles.create(file);
    String url = "jdbc:sqlite:" + file;
    Flyway.configure()
        .dataSource(url, null, null)
        .locations("classpath:db/migration/sqlite")
        .target("202611211500")
        .load()
        .migrate();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "insert into organ (id, name) values ('mayor', '市長部局')",
              "insert into division (organ, code, name) values ('mayor', '0101', '市民課')",
              "insert into person (number, name) values ('S-1024', '関 所太郎')",
              "insert into post (person, organ, division, title, valid_from, valid_until,"
                  + " entry_id, mac) values ('S-1024', 'mayor', '0101', '主事', '2026-04-01',"
                  + " '2027-03-31', x'000102030405060708090a0b0c0d0e0f',"
                  + " x'361ff7f7b31755e572b9e612cc904a9752ab747c012f02c5c9ed09823227b1cc')",
              "insert into role_assignment (person, organ, role, valid_from, valid_until,"
                  + " entry_id, mac) values ('S-1024', 'mayor', 'CLERK', '2026-04-01',"
                  + " '2027-03-31', x'000102030405060708090a0b0c0d0e0f',"
                  + " x'c2303073845b3f5151a1cc05cb844fe4cf1b97d75ceb5e4e766ad3a9e6910eb6')")) {
        statement.execute(sql);
      }
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      Timelines timelines = new Timelines(storage.seal);
      Timeline person = storage.database.read(h -> timelines.read(h, "S-1024"));
      assertEquals("主事", person.posts().getFirst().title());
      assertEquals(Kind.MAIN, person.posts().getFirst().kind());
      assertEquals(Role.CLERK, person.roles().getFirst().role());
    }
  }

  @Test
  void postAndRole() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(storage, "insert into organ (id, name) values ('mayor', '市長部局')");
      insert(storage, "insert into division (organ, code, name) values ('mayor', '0101', '市民課')");
      insert(storage, "insert into person (number, name) values ('S-1024', '関 所太郎')");
      insert(
          storage,
          "insert into post (person, organ, division, title, valid_from, valid_until, entry_id, mac)"
              + " values ('S-1024', 'mayor', '0101', '主事', '2026-04-01', '2027-03-31', ?, ?)",
          ENTRY,
          mac("361ff7f7b31755e572b9e612cc904a9752ab747c012f02c5c9ed09823227b1cc"));
      insert(
          storage,
          "insert into role_assignment (person, organ, role, valid_from, valid_until, entry_id, mac)"
              + " values ('S-1024', 'mayor', 'CLERK', '2026-04-01', '2027-03-31', ?, ?)",
          ENTRY,
          mac("c2303073845b3f5151a1cc05cb844fe4cf1b97d75ceb5e4e766ad3a9e6910eb6"));
      Timelines timelines = new Timelines(storage.seal);
      PostRow post = storage.database.read(h -> timelines.posts(h, "S-1024")).getFirst();
      assertEquals("主事", post.title());
      assertEquals(Kind.MAIN, post.kind());
      Roles roles = new Roles(storage.seal);
      assertEquals(Role.CLERK, storage.database.read(h -> roles.of(h, "S-1024")).getFirst().role());
    }
  }
}
