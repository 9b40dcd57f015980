package jp.sekisho.server.desk;

import java.util.List;
import java.util.Optional;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.SetupPolicy;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.DeskEvent;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.policy.PolicyImport;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.setup.SetupEnd;
import jp.sekisho.server.storage.Transactions;

/**
 * The last steps of the first start (初期設定), by an administrator's card and PIN: the officers' first
 * policy, and the end. Nothing of it works once the first start is finished. Thread-safe.
 */
public final class DeskSetup {
  private final Desk desk;
  private final Setup setup;
  private final SetupEnd end;
  private final PolicyImport imports;
  private final Transactions transactions;

  public DeskSetup(
      Desk desk, Setup setup, SetupEnd end, PolicyImport imports, Transactions transactions) {
    this.desk = desk;
    this.setup = setup;
    this.end = end;
    this.imports = imports;
    this.transactions = transactions;
  }

  /**
   * Takes in the first root and policy; why not, or empty. Layers and later files are the
   * console's.
   *
   * @param body a {@link SetupPolicy}, exactly the bytes that the step-up was for
   */
  public Optional<Refusal> policy(Session session, byte[] body) {
    Optional<Refusal> obstacle = obstacle(session, StepUps.IMPORT_POLICY + Sha256.text(body));
    if (obstacle.isPresent()) {
      return refuse(session, "setup-policy", obstacle.get());
    }
    SignedFile root;
    SignedFile policy;
    SetupPolicy files;
    try {
      files = WireJson.read(body, SetupPolicy.class);
      root = file(TrustKind.ROOT, files.root(), files.rootSignatures());
      policy = file(TrustKind.POLICY, files.policy(), files.policySignatures());
    } catch (MalformedException e) {
      return refuse(session, "setup-policy", Refusal.POLICY_MALFORMED);
    }
    if (!root.hash().equals(files.rootHash())) {
      return refuse(session, "setup-policy", Refusal.ROOT_NOT_PINNED);
    }
    return switch (imports.importFiles(root, policy, List.of())) {
      case PolicyImport.Outcome.Imported _ -> {
        transactions.write(
            change -> change.record(session.subject(), new DeskEvent.Done("setup-policy", "")));
        yield Optional.empty();
      }
      case PolicyImport.Outcome.Refused(Refusal reason, String _) ->
          refuse(session, "setup-policy", reason);
    };
  }

  private static SignedFile file(TrustKind kind, String content, String signatures)
      throws MalformedException {
    return SignedFile.read(kind, Base64Url.decode(content), Base64Url.decode(signatures));
  }

  /** Finishes the first start; why not, or empty. */
  public Optional<Refusal> finish(Session session) {
    Optional<Refusal> obstacle = obstacle(session, StepUps.FINISH_SETUP);
    return obstacle.isPresent()
        ? refuse(session, StepUps.FINISH_SETUP, obstacle.get())
        : end.finish(session.subject(), handle -> desk.gone(handle, session));
  }

  private Optional<Refusal> obstacle(Session session, String action) {
    if (!setup.isOpen()) {
      return Optional.of(Refusal.NOT_FOUND);
    }
    return desk.holds(session, Desk.ADMINISTRATORS)
        ? desk.prove(session, action)
        : Optional.of(Refusal.ROLE_MISSING);
  }

  private Optional<Refusal> refuse(Session session, String action, Refusal reason) {
    transactions.write(
        change -> change.record(session.subject(), new DeskEvent.Refused(action, "", reason)));
    return Optional.of(reason);
  }
}
