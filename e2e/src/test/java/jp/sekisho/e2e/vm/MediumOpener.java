package jp.sekisho.e2e.vm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import jp.sekisho.agent.enforce.DecisionLog;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.FileExport;
import jp.sekisho.agent.export.Form;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.agent.export.Recipients;
import jp.sekisho.agent.export.WrittenPart;
import jp.sekisho.agent.intake.ContentCheck;
import jp.sekisho.agent.intake.Quarantine;
import jp.sekisho.agent.platform.linux.LinuxGates;
import jp.sekisho.policy.grant.ImportKind;
import jp.sekisho.protocol.event.AgentEvent;

/**
 * Runs inside the guest in place of the agent: the agent's own gates, and commands of a file
 * instead of grants. One line {@code open PORT UID}, {@code close PORT}, {@code write PORT} or
 * {@code take PORT} at a time is taken from {@code /run/media.command}; what came of it stands in
 * {@code /run/media.answer}. What is written are the files of {@code /run/out}, encrypted for
 * {@code /run/recipient}; after the last piece of one {@code /run/writing} appears, and it goes on
 * once {@code /run/go-on} is there. What is taken in comes to {@code /run/in}, of the kinds of all;
 * when it lies in quarantine {@code /run/reading} appears, and it goes on as above. In place of a
 * scanner stands that the EICAR test file is one.
 */
public final class MediumOpener {
  private static final Path QUARANTINE = Path.of("/run/quarantine");

  private MediumOpener() {}

  /** The program. */
  public static void main(String[] args) throws Exception {
    LinuxGates.closeControllers(LinuxGates.SYS);
    Quarantine.empty(QUARANTINE);
    DecisionLog log =
        new DecisionLog() {
          @Override
          public boolean record(AgentEvent event) {
            System.out.println(event.type() + " " + event.data());
            return true;
          }

          @Override
          public boolean takesReleases() {
            return true;
          }
        };
    try (LinuxGates gates = new LinuxGates()) {
      gates.start(log);
      gates.media().onUnplugged(medium -> System.out.println("unplugged " + medium.device()));
      Path command = Path.of("/run/media.command");
      while (true) {
        if (Files.exists(command)) {
          String[] words = Files.readString(command).strip().split(" ");
          String answer = words[0].equals("end") ? "end" : act(gates.media(), words);
          Files.delete(command);
          Path written = Files.writeString(Path.of("/run/media.new"), answer);
          Files.move(written, Path.of("/run/media.answer"));
          if (words[0].equals("end")) {
            return;
          }
        }
        Thread.sleep(50);
      }
    }
  }

  private static String act(MediaGate media, String[] words) {
    PluggedMedium known =
        media.plugged().stream()
            .filter(one -> one.device().equals(words[1]))
            .findFirst()
            .orElse(new PluggedMedium(words[1], "none"));
    return switch (words[0]) {
      case "open" -> media.openReadOnly(known, Integer.parseInt(words[2])).toString();
      case "forged" -> media.openReadOnly(new PluggedMedium(words[1], "forged"), 1000).toString();
      case "write" -> write(media, known);
      case "forged-write" -> write(media, new PluggedMedium(words[1], "forged"));
      case "take" -> take(media, known);
      case "close" -> Boolean.toString(media.close(known));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private static String write(MediaGate media, PluggedMedium known) {
    List<String> parts = new ArrayList<>();
    WriteOutcome outcome =
        media.write(
            known,
            medium -> {
              try (InputStream in = Files.newInputStream(Path.of("/run/recipient"));
                  Stream<Path> listed = Files.list(Path.of("/run/out"))) {
                Form form =
                    new Form.Encrypted(
                        new Recipients.Certificates(
                            List.of(
                                (X509Certificate)
                                    CertificateFactory.getInstance("X.509")
                                        .generateCertificate(in))));
                for (Path file : listed.sorted().toList()) {
                  Slow source = new Slow(file);
                  FileExport export =
                      new FileExport(source, source.next().orElseThrow(), form, new SecureRandom());
                  String name = FileExport.envelopeName("0A1B2C3D", number(file));
                  export.next(medium, name, part -> parts.add(name + " " + part.sha256()));
                }
              } catch (GeneralSecurityException e) {
                throw new IOException(e);
              }
            });
    return outcome + " " + parts;
  }

  private static String take(MediaGate media, PluggedMedium known) {
    List<String> said = new ArrayList<>();
    try (Quarantine quarantine = Quarantine.open(QUARANTINE)) {
      AtomicReference<Quarantine.Copied> copied = new AtomicReference<>();
      WriteOutcome outcome =
          media.read(
              known,
              medium -> {
                copied.set(
                    quarantine.copy(
                        medium, new Quarantine.Bounds(100, 8 << 20, 4 << 20), () -> true));
                Files.write(Path.of("/run/reading"), new byte[0]);
                while (!Files.exists(Path.of("/run/go-on"))) {
                  LockSupport.parkNanos(20_000_000);
                }
              });
      said.add(outcome.toString());
      for (Quarantine.Held one : copied.get().held()) {
        said.add(one.shown() + " " + judged(one));
      }
      return said.toString();
    } catch (IOException e) {
      return said + " " + e;
    }
  }

  private static String judged(Quarantine.Held one) throws IOException {
    byte[] content = Files.readAllBytes(one.place());
    if (new String(content, StandardCharsets.US_ASCII).endsWith("H+H*")) {
      return "virus";
    }
    ContentCheck.Outcome outcome =
        ContentCheck.of(one.place(), one.shown(), EnumSet.allOf(ImportKind.class));
    if (outcome instanceof ContentCheck.Outcome.Good) {
      Files.write(Files.createDirectories(Path.of("/run/in")).resolve(one.shown()), content);
    }
    return outcome.toString();
  }

  /** That of {@code 3.csv} is 3. */
  private static int number(Path file) {
    return Integer.parseInt(file.getFileName().toString().replace(".csv", ""));
  }

  /** One file, which waits at its end. */
  private static final class Slow implements ClerkFiles {
    private final Path file;
    private final InputStream in;

    Slow(Path file) throws IOException {
      this.file = file;
      this.in = Files.newInputStream(file);
    }

    @Override
    public boolean show(Passphrase passphrase) {
      return false;
    }

    @Override
    public Optional<Offered> next() throws IOException {
      return Optional.of(new Offered(file.getFileName().toString(), Files.size(file)));
    }

    @Override
    public byte[] piece() throws IOException {
      byte[] piece = in.readNBytes(LARGEST_PIECE);
      if (piece.length == 0) {
        Files.write(Path.of("/run/writing"), new byte[0]);
        while (!Files.exists(Path.of("/run/go-on"))) {
          LockSupport.parkNanos(20_000_000);
        }
      }
      return piece;
    }

    @Override
    public void written(WrittenPart part) {}

    @Override
    public void breakOff() {}
  }
}
