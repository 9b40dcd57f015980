package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five hundred logins leave nothing behind: neither here nor in pcscd. */
@Tag("pcsc")
@Tag("torture")
class CardSoakIT {
  private static final int WARM_UP = 100;
  private static final int LOGINS = 500;
  private static final ReaderRoles STAFF =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse(PcscService.READER_0 + "=staff")));

  @TempDir Path directory;

  /**
   * What is held.
   *
   * @param heap bytes in use after a collection
   * @param resident bytes of this process
   */
  private record Held(
      long files, long threads, long heap, long resident, long pcscdFiles, long pcscdResident) {
    static Held now(Path pcscd) throws IOException {
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      Runtime runtime = Runtime.getRuntime();
      Path self = Path.of("/proc/self");
      return new Held(
          count(self.resolve("fd")),
          count(self.resolve("task")),
          runtime.totalMemory() - runtime.freeMemory(),
          resident(self),
          count(pcscd.resolve("fd")),
          resident(pcscd));
    }

    private static long count(Path directory) throws IOException {
      try (Stream<Path> entries = Files.list(directory)) {
        return entries.count();
      }
    }

    private static long resident(Path process) throws IOException {
      return Files.readString(process.resolve("status"))
          .lines()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void fiveHundredLoginsLeakNeitherHandlesNorMemory() throws Exception {
    try (PcscService service = PcscService.start();
        VirtualCard card = service.card(0, directory.resolve("card"))) {
      Path pcscd = pcscd(service);
      Await.until("the first login", Duration.ofSeconds(20), CardSoakIT::login);
      logins(WARM_UP);
      Held before = Held.now(pcscd);
      long start = System.nanoTime();
      logins(LOGINS);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Held after = Held.now(pcscd);
      System.out.println(
          "SOAK "
              + LOGINS
              + " logins in "
              + took
              + "\nSOAK before "
              + before
              + "\nSOAK after  "
              + after);
      assertTrue(after.files() <= before.files() + 2, "files");
      assertTrue(after.threads() <= before.threads() + 2, "threads");
      assertTrue(after.heap() - before.heap() < 4 << 20, "heap");
      assertTrue(after.resident() - before.resident() < 48 << 20, "memory outside the heap");
      assertTrue(after.pcscdFiles() <= before.pcscdFiles() + 1, "pcscd's files");
      assertTrue(after.pcscdResident() - before.pcscdResident() < 4 << 20, "pcscd's memory");
      assertTrue(card.trace().size() > LOGINS);
    }
  }

  private static Path pcscd(PcscService service) throws IOException {
    ProcessHandle keeper = ProcessHandle.of(service.pid()).orElseThrow();
    return keeper
        .children()
        .map(child -> Path.of("/proc", String.valueOf(child.pid())))
        .findFirst()
        .orElseThrow();
  }

  private static void logins(int count) throws CardException {
    for (int i = 0; i < count; i++) {
      assertTrue(login(), "login " + i);
    }
  }

  /** As the agent does it: one connection to read, one to sign. */
  private static boolean login() throws CardException {
    Fingerprint fingerprint;
    try (PcscContext context = PcscContext.establish();
        PcscCard card = context.connect(STAFF.grant(PcscService.READER_0).orElseThrow())) {
      fingerprint =
          assertInstanceOf(CardReading.Present.class, new PivCard(card).read()).fingerprint();
    }
    try (PcscContext context = PcscContext.establish();
        PcscCard card = context.connect(STAFF.grant(PcscService.READER_0).orElseThrow());
        Pin pin = Pin.of("123456".toCharArray()).orElseThrow()) {
      return new PivCard(card)
              .sign(
                  new SignRequest(
                      fingerprint, pin, "statement".getBytes(StandardCharsets.UTF_8), false))
          instanceof SignOutcome.Signed;
    }
  }
}
