package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.audit.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  private static final String SEED =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final String[] KEYS = {
    "--vkey", Fixtures.vkeys().get(0), "--allow-unwitnessed", "--lang", "ja"
  };

  @TempDir private Path temp;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private void assertExit(int expected, String... args) {
    out = new StringWriter();
    err = new StringWriter();
    int exit = AuditCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    assertEquals(expected, exit, () -> "" + out + err);
  }

  private void export(int expected, String copy, String file, String... more) {
    String[] args = {"export", copy, "--out", temp.resolve(file).toString()};
    assertExit(expected, Stream.of(args, KEYS, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private String publish(String name, byte[] lines) throws Exception {
    Path entries = Files.write(temp.resolve(name + ".txt"), lines);
    String to = temp.resolve(name).toString();
    assertExit(
        0,
        "build",
        "--origin",
        Fixtures.ORIGIN,
        "--seed",
        SEED,
        "--entries",
        entries.toString(),
        to);
    return to;
  }

  @Test
  void jsonLinesAreTheEntriesThemselvesFromAnyCopy() throws Exception {
    byte[] all = Fixtures.bytes("bundle/entries.jsonl");
    String folder = publish("log", all);
    for (String copy : List.of(Fixtures.path("bundle.zip").toString(), folder)) {
      export(0, copy, "out.jsonl", "--format", "jsonl");
      assertArrayEquals(all, Files.readAllBytes(temp.resolve("out.jsonl")));
      assertTrue(out.toString().contains("300 件"), out.toString());
    }
  }

  @Test
  void aSpreadsheetGetsNoFormulaAndReadsJapanese() throws Exception {
    String entries =
        """
        {"data":{"a":[1,"},"]},"outcome":"success","person":"=1+1","time":"2026-11-21T00:00:00.000Z","type":"日本\\"語"}
        {"outcome":-5,"person":"-5","post":"＝x","reason":"a\\nb","terminal":"\\u0009=x","type":"@x"}
        =cmd|' /C calc'!A0
        {"time":"a","time":"b"}

        """;
    String folder = publish("odd", entries.getBytes(StandardCharsets.UTF_8));
    export(0, folder, "out.csv");
    String csv = Files.readString(temp.resolve("out.csv"));
    assertEquals(
        """
        \ufeff"index","time","type","outcome","organ","person","post","terminal","session","reason","data","device","entry","other"
        "0","2026-11-21T00:00:00.000Z","日本""語","success",,"'=1+1",,,,,"{""a"":[1,""},""]}",,,
        "1",,"'@x","-5",,"'-5","'＝x","' =x",,"a b",,,,
        "2",,,,,,,,,,,,,"'=cmd|' /C calc'!A0"
        "3",,,,,,,,,,,,,"{""time"":""a"",""time"":""b""}"
        "4",,,,,,,,,,,,,""
        """
            .replace("\n", "\r\n"),
        csv);
    export(0, folder, "two.csv", "--columns", "type,none");
    assertTrue(
        Files.readString(temp.resolve("two.csv"))
            .startsWith("\ufeff\"index\",\"type\",\"none\",\"other\"\r\n"));
  }

  @Test
  void ocsfEventsAreOneALineAndLeadBackToTheirEntries() throws Exception {
    export(0, Fixtures.path("bundle.zip").toString(), "out.ocsf", "--format", "ocsf");
    List<String> lines = Files.readAllLines(temp.resolve("out.ocsf"));
    assertEquals(Fixtures.SIZE, lines.size());
    for (int i = 0; i < lines.size(); i++) {
      assertTrue(
          lines.get(i).contains("\"log_name\":\"" + Fixtures.ORIGIN + "\",\"sequence\":" + i),
          lines.get(i));
    }
  }

  @Test
  void nothingIsLeftOfACopyThatDoesNotVerify() throws Exception {
    Path bundle = Fixtures.copyBundle(temp);
    Path entries = bundle.resolve("entries.jsonl");
    byte[] bytes = Files.readAllBytes(entries);
    bytes[bytes.length - 3] ^= 1;
    Files.write(entries, bytes);
    export(1, bundle.toString(), "out.csv");
    assertTrue(out.toString().contains("ENTRY_ALTERED"), out.toString());
    try (Stream<Path> files = Files.list(temp)) {
      assertFalse(files.anyMatch(file -> file.toString().contains("out.csv")));
    }
    assertExit(2, "export", bundle.toString(), "--vkey", KEYS[1], "--allow-unwitnessed");
    export(2, bundle.toString(), "x", "--format", "xls");
  }
}
