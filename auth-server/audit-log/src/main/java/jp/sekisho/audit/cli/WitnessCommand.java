package jp.sekisho.audit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.witness.Witness;
import jp.sekisho.audit.witness.WitnessAnswer;
import jp.sekisho.audit.witness.WitnessAnswer.Conflict;
import jp.sekisho.audit.witness.WitnessAnswer.Cosigned;
import jp.sekisho.audit.witness.WitnessFolder;
import jp.sekisho.audit.witness.WitnessRequest;
import jp.sekisho.audit.witness.WitnessServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sekisho-audit witness}: makes a witness, runs it as a service, or has it look at a log
 * once. The last is for a party outside IT with an ordinary PC: it needs no open port, fetches the
 * checkpoint and the hashes itself and writes one line to be sent back by mail.
 */
@Command(name = "witness", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class WitnessCommand implements Callable<Integer> {
  @Mixin private final Voice voice;

  @Parameters(paramLabel = "FOLDER", descriptionKey = "audit.option.witness-folder")
  private Path folder;

  @Option(names = "--new", paramLabel = "NAME", descriptionKey = "audit.option.witness-new")
  private @Nullable String newName;

  @Option(names = "--log", paramLabel = "VKEY|FILE", descriptionKey = "audit.option.witness-log")
  private List<String> logKeys = List.of();

  @Option(names = "--listen", paramLabel = "PORT", descriptionKey = "audit.option.listen")
  private int port = -1;

  @Option(names = "--address", paramLabel = "IP", descriptionKey = "audit.option.address")
  private String address = "127.0.0.1";

  @Option(names = "--pull", paramLabel = "DIR|URL", descriptionKey = "audit.option.pull")
  private @Nullable String pulled;

  @Option(names = "--out", paramLabel = "FILE", descriptionKey = "audit.option.witness-out")
  private @Nullable Path out;

  WitnessCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::run);
  }

  private int run() throws IOException, FormatException {
    boolean serving = port >= 0;
    int modes = (newName != null ? 1 : 0) + (serving ? 1 : 0) + (pulled != null ? 1 : 0);
    if (modes != 1 || (newName == null && logKeys.isEmpty())) {
      return voice.complain("WITNESS_MODE", folder.toString(), Exit.USAGE);
    }
    if (newName != null) {
      return create(newName);
    }
    List<VerifierKey> logs = new ArrayList<>();
    for (String key : logKeys) {
      logs.addAll(KeyArgument.read(key));
    }
    try (WitnessFolder opened = WitnessFolder.open(folder)) {
      Witness witness = new Witness(opened, logs, InstantSource.system());
      return pulled != null ? pull(witness, pulled) : serve(witness, opened);
    }
  }

  private int create(String name) throws IOException, FormatException {
    try {
      VerifierKey key = WitnessFolder.create(folder, name, new SecureRandom());
      return voice.done(
          new Json().text("result", "created").text("vkey", key.toString()),
          List.of(voice.get("audit.witness.created", folder), key.toString()));
    } catch (FileAlreadyExistsException e) {
      return voice.complain("OUT_EXISTS", String.valueOf(e.getMessage()), Exit.USAGE);
    }
  }

  private int serve(Witness witness, WitnessFolder opened) throws IOException {
    PrintWriter err = voice.err();
    InetSocketAddress at = new InetSocketAddress(InetAddress.getByName(address), port);
    try (WitnessServer server =
        WitnessServer.start(
            witness, at, line -> err.println(InstantSource.system().instant() + " " + line))) {
      InetSocketAddress bound = server.address();
      String where = "http://" + bound.getAddress().getHostAddress() + ":" + bound.getPort() + "/";
      voice.done(
          new Json()
              .text("result", "listening")
              .text("address", where)
              .text("vkey", opened.signer().verifierKey().toString()),
          List.of(voice.get("audit.witness.listening", where)));
      new CountDownLatch(1).await(); // until the process is told to end
      return Exit.VERIFIED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Exit.VERIFIED;
    }
  }

  private int pull(Witness witness, String from) throws IOException, FormatException {
    try (LogCopy copy = CopyArgument.open(from)) {
      SignedNote note = SignedNote.parse(copy.checkpoint());
      WitnessRequest asked = WitnessRequest.of(0, List.of(), note);
      String origin = asked.checkpoint().origin();
      long size = asked.checkpoint().size();
      long held = witness.heldSize(origin);
      List<Hash> proof =
          held == 0 || held >= size
              ? List.of()
              : ConsistencyProof.build(copy.nodes(size), held, size).path();
      // Of a log that became shorter the old size is not told: refused as a conflict, not as bad
      // form, and only if the log signed it.
      long old = Math.min(held, size);
      return report(witness.answer(WitnessRequest.of(old, proof, note)), origin, size, held);
    }
  }

  private int report(WitnessAnswer answer, String origin, long size, long held) throws IOException {
    if (answer instanceof Cosigned cosigned) {
      String line = cosigned.line().line();
      if (out != null) {
        SmallFile.replace(out, line.getBytes(StandardCharsets.UTF_8));
      }
      return voice.done(
          new Json()
              .text("result", "cosigned")
              .text("origin", origin)
              .number("size", size)
              .number("before", held)
              .text("line", line.strip()),
          List.of(
              held == 0
                  ? voice.get("audit.witness.first", origin, Long.toString(size))
                  : voice.get(
                      "audit.witness.cosigned", origin, Long.toString(held), Long.toString(size)),
              line.strip()));
    }
    if (answer instanceof Conflict conflict) {
      return voice.refuse(
          conflict.otherRoot()
              ? Verification.invalid(Reason.FORKED, "another root at " + size + " entries")
              : Verification.invalid(
                  Reason.ROLLED_BACK,
                  "the log had " + conflict.size() + " entries and now " + size));
    }
    WitnessAnswer.Refused refused = (WitnessAnswer.Refused) answer;
    return switch (refused.reason()) {
      case ORIGIN_UNKNOWN -> voice.refuse(Verification.invalid(Reason.OTHER_ORIGIN, origin));
      case NOT_SIGNED_BY_LOG ->
          voice.refuse(Verification.invalid(Reason.NOT_SIGNED_BY_LOG, refused.detail()));
      case MALFORMED ->
          voice.refuse(Verification.invalid(Reason.CHECKPOINT_MALFORMED, refused.detail()));
      case NOT_CONSISTENT -> voice.refuse(Verification.invalid(Reason.FORKED, refused.detail()));
    };
  }
}
