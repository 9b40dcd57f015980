package jp.sekisho.e2e;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.WitnessSigner;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;

/** A log of made-up entries, signed, cosigned and packed as the service does, and edits of it. */
final class SampleBundle implements AutoCloseable {
  static final String ORIGIN = "audit.city.example/log/mayor/1";
  static final int SIZE = 700;

  final LogSigner log;
  final WitnessSigner witness;

  /** Whole and unchanged. */
  final byte[] good;

  SampleBundle() throws Exception {
    log = LogSigner.of(ORIGIN, seed(1));
    witness = WitnessSigner.of("kansa.example/office", seed(2));
    good = bundle(entries());
  }

  static byte[] seed(int first) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) first);
    return seed;
  }

  static List<byte[]> entries() {
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      String entry = "{\"n\":" + i + ",\"type\":\"login.succeeded\",\"post\":\"税務課\"}";
      entries.add(entry.getBytes(StandardCharsets.UTF_8));
    }
    return entries;
  }

  /** Signs, cosigns and packs entries. */
  byte[] bundle(List<byte[]> entries) throws Exception {
    Frontier tree = Frontier.empty();
    for (byte[] entry : entries) {
      tree = tree.append(Rfc6962.leaf(entry));
    }
    SignedNote note = Checkpoint.of(ORIGIN, tree).sign(log);
    SignedNote cosigned = note.with(witness.cosign(note, Instant.parse("2026-11-21T03:00:00Z")));
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    BundleWriter.writeZip(zip, cosigned, entries.iterator());
    return zip.toByteArray();
  }

  static Map<String, byte[]> members(byte[] zip) throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        members.put(entry.getName(), in.readAllBytes());
      }
    }
    return members;
  }

  static byte[] pack(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        out.putNextEntry(new ZipEntry(member.getKey()));
        out.write(member.getValue());
      }
    }
    return zip.toByteArray();
  }

  /** Changes what must be a text of lines. */
  @FunctionalInterface
  interface Edit {
    void apply(List<String> lines);
  }

  byte[] edited(Edit edit) throws IOException {
    Map<String, byte[]> members = members(good);
    byte[] lines = members.get("entries.jsonl");
    List<String> list =
        new ArrayList<>(
            new String(java.util.Objects.requireNonNull(lines), StandardCharsets.UTF_8)
                .lines()
                .toList());
    edit.apply(list);
    members.put("entries.jsonl", (String.join("\n", list) + "\n").getBytes(StandardCharsets.UTF_8));
    return pack(members);
  }

  byte[] flipped(String member, int at) throws IOException {
    Map<String, byte[]> members = members(good);
    byte[] bytes = java.util.Objects.requireNonNull(members.get(member));
    bytes[at] ^= 1;
    return pack(members);
  }

  @Override
  public void close() {
    log.close();
    witness.close();
  }
}
