package jp.sekisho.policy.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import jp.sekisho.policy.Policy;
import jp.sekisho.protocol.MalformedException;
import tools.jackson.databind.JsonNode;

/** Broken variants of a shipped policy, from a seed, and what must hold of every one. */
final class MalformedPolicies {
  private static final Path GOOD = Program.PROFILES.resolve("my-number").resolve("common.yaml");
  private static final List<String> ODD =
      List.of(
          "&a x",
          "*a",
          "!!java.net.URL [x]",
          "{",
          "[",
          "]",
          "}",
          "- -",
          "? x",
          "<<: {}",
          "|",
          ">-",
          "'",
          "\"",
          "%YAML 1.1",
          "---",
          "...",
          "\t",
          "~",
          "null",
          "99999999999999999999",
          "-1",
          "0x10",
          "1e9",
          ".inf",
          "9999d",
          "00m",
          "1KiB",
          "true",
          "\u0000",
          "\u202e",
          "\ud83d",
          "#",
          ": :",
          "a: b: c",
          "[staff-piv, staff-piv]",
          "[[[[[[[[[[[[[[[[[[",
          "my-number ",
          "💥");

  private final Random random;
  private final byte[] good;

  MalformedPolicies(long seed) {
    this.random = new Random(seed);
    try {
      this.good = Files.readAllBytes(GOOD);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next variant: one to three mutations. */
  byte[] next() {
    byte[] bytes = good;
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes = random.nextInt(12) == 0 ? flipped(bytes) : lines(bytes);
    }
    return bytes;
  }

  private byte[] flipped(byte[] bytes) {
    byte[] changed = bytes.clone();
    if (changed.length > 0) {
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return changed;
  }

  private byte[] lines(byte[] bytes) {
    List<String> lines = new ArrayList<>(List.of(new String(bytes, UTF_8).split("\n", -1)));
    int at = random.nextInt(lines.size());
    String line = lines.get(at);
    switch (random.nextInt(10)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(at, line);
      case 2 -> Collections.swap(lines, at, random.nextInt(lines.size()));
      case 3 -> lines.set(at, " ".repeat(random.nextInt(6)) + line.strip());
      case 4 -> lines.set(at, line.replaceFirst(": .*", ": " + odd()));
      case 5 -> lines.set(at, line + odd());
      case 6 -> lines.add(at, odd());
      case 7 -> lines.set(at, line.replaceFirst("[a-z-]+:", odd() + ":"));
      case 8 ->
          lines.set(at, line.isEmpty() ? odd() : line.substring(random.nextInt(line.length())));
      default -> lines.subList(at, lines.size()).clear();
    }
    return String.join("\n", lines).getBytes(UTF_8);
  }

  private String odd() {
    return ODD.get(random.nextInt(ODD.size())).replace("$", "").replace("\\", "");
  }

  /**
   * Checks {@code count} variants: each is a whole policy that terminals read, or is refused with
   * file, line, column and words in both languages, without an exception and with nothing written.
   *
   * @return how many were refused
   */
  int check(int count, Path folder) throws IOException {
    Path file = folder.resolve("policy.yaml");
    Path out = folder.resolve("compiled.json");
    int refused = 0;
    for (int i = 0; i < count; i++) {
      Files.write(file, next());
      Files.deleteIfExists(out);
      String[] command = {"check", file.toString(), "--out", out.toString(), "--json"};
      Program ja = Program.run(add(command, "--lang", "ja"));
      if (ja.exit() == 0) {
        whole(out);
        continue;
      }
      refused++;
      assertFalse(Files.exists(out), "a part was accepted");
      said(file, ja, Program.run(add(command, "--lang", "en")));
    }
    return refused;
  }

  private static String[] add(String[] to, String... more) {
    List<String> all = new ArrayList<>(List.of(to));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static void whole(Path out) throws IOException {
    byte[] compiled = Files.readAllBytes(out);
    try {
      assertArrayEquals(compiled, Policy.parse(compiled).bytes());
    } catch (MalformedException e) {
      throw new AssertionError("terminals refuse what was accepted", e);
    }
  }

  private static void said(Path file, Program ja, Program en) {
    assertEquals(1, ja.exit(), ja.out() + ja.err());
    assertEquals("", ja.err() + en.err(), "a stack trace or an unexpected error");
    JsonNode problems = ja.json().path("problems");
    assertTrue(problems.size() > 0, ja.out());
    for (int i = 0; i < problems.size(); i++) {
      JsonNode problem = problems.path(i);
      String what = problem.toString();
      assertEquals(file.toString(), problem.path("file").asString());
      assertTrue(problem.path("line").asInt() >= 1 && problem.path("column").asInt() >= 1, what);
      String english = en.json().path("problems").path(i).path("text").asString();
      assertTrue(english.length() > 10 && !english.contains("—"), english);
      assertTrue(
          problem.path("text").asString().matches("(?s).*[\\p{IsHan}\\p{IsHiragana}].*"), what);
      assertFalse(english.contains("Exception"), english);
    }
  }
}
