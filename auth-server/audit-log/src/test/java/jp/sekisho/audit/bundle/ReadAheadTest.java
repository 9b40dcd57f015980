package jp.sekisho.audit.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.EntryReader;
import jp.sekisho.audit.copy.Slot;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.tree.GrowingTree;
import jp.sekisho.audit.tree.Rfc6962;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
  /** More than wait ahead. */
  private static final int SLOTS = 30_000;

  @TempDir private Path temp;

  /** So many slots, every third damaged; then what {@code end} does. */
  private static final class Source implements EntryReader {
    private final AtomicLong given = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final int slots;
    private final EntryReader end;

    Source(int slots, EntryReader end) {
      this.slots = slots;
      this.end = end;
    }

    static Slot slot(long at) {
      return at % 3 == 2 ? Slot.Gap.DAMAGED : new Slot.Entry(bytes(at));
    }

    static byte[] bytes(long at) {
      return Long.toString(at).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Slot next() throws IOException {
      return given.get() < slots ? slot(given.getAndIncrement()) : end.next();
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }

  /** An end of another kind. */
  private abstract static class End implements EntryReader {
    @Override
    public void close() {}
  }

  private static void requireSlots(EntryReader reader, int count) throws IOException {
    for (long at = 0; at < count; at++) {
      Slot found = reader.next();
      if (Source.slot(at) instanceof Slot.Entry expected) {
        assertEquals(
            new String(expected.bytes(), StandardCharsets.UTF_8),
            new String(assertInstanceOf(Slot.Entry.class, found).bytes(), StandardCharsets.UTF_8));
      } else {
        assertSame(Slot.Gap.DAMAGED, found);
      }
    }
  }

  @Test
  void slotsComeInOrderAndTheEndStaysTheEnd() throws Exception {
    for (int slots : new int[] {0, 1, 2047, 2048, 2049, SLOTS}) {
      Source source =
          new Source(
              slots,
              new End() {
                @Override
                public Slot next() {
                  return Slot.Gap.END;
                }
              });
      try (ReadAhead reader = new ReadAhead(source)) {
        requireSlots(reader, slots);
        assertSame(Slot.Gap.END, reader.next());
        assertSame(Slot.Gap.END, reader.next());
      }
      assertTrue(source.closed.get());
    }
  }

  @Test
  void aFailureIsToldBehindWhatWasReadBefore() throws Exception {
    for (Exception failure : List.of(new IOException("torn"), new IllegalStateException("bug"))) {
      Source source =
          new Source(
              5000,
              new End() {
                @Override
                public Slot next() throws IOException {
                  if (failure instanceof IOException torn) {
                    throw torn;
                  }
                  throw (IllegalStateException) failure;
                }
              });
      try (ReadAhead reader = new ReadAhead(source)) {
        requireSlots(reader, 5000);
        assertSame(failure, assertThrows(Exception.class, reader::next));
        assertSame(failure, assertThrows(Exception.class, reader::next));
      }
    }
  }

  @Test
  void aReaderClosedEarlyReadsNoFurther() throws Exception {
    Source source =
        new Source(
            Integer.MAX_VALUE,
            new End() {
              @Override
              public Slot next() {
                return Slot.Gap.END;
              }
            });
    try (ReadAhead reader = new ReadAhead(source)) {
      requireSlots(reader, 10);
    }
    long given = source.given.get();
    assertTrue(given < 100_000, "bounded: " + given);
    assertTrue(source.closed.get());
    assertEquals(given, source.given.get());
  }

  /** A bundle long enough for it. */
  @Test
  void aLongBundleVerifiesAndNamesItsFirstBadEntry() throws Exception {
    List<byte[]> entries = new ArrayList<>();
    GrowingTree tree = new GrowingTree();
    for (long at = 0; at < BundleCopy.WORTH_A_THREAD + 300; at++) {
      entries.add(Source.bytes(at));
      tree.append(Rfc6962.leaf(Source.bytes(at)), (level, index, hash) -> {});
    }
    Path bundle = temp.resolve("bundle");
    try (LogSigner log = Fixtures.logSigner()) {
      BundleWriter.writeDirectory(
          bundle,
          new Checkpoint(Fixtures.ORIGIN, tree.size(), tree.root(), List.of()).sign(log),
          entries.iterator());
    }
    BundleVerifier verifier = new BundleVerifier(new TrustedKeys(Fixtures.key(0), List.of()), true);
    assertInstanceOf(Verified.class, verifier.verify(bundle));
    int bad = entries.size() - 7;
    entries.set(bad, "x".getBytes(StandardCharsets.UTF_8));
    Fixtures.writeEntries(bundle, entries);
    Invalid invalid = assertInstanceOf(Invalid.class, verifier.verify(bundle));
    assertEquals(Reason.ENTRY_ALTERED, invalid.reason());
    assertEquals(OptionalLong.of(bad), invalid.entryIndex());
  }
}
