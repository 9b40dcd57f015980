package jp.sekisho.server.terminal;

import java.util.Optional;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/** The registered terminals, for other features. Thread-safe. */
public interface Terminals {
  /**
   * The terminal called {@code id}, in any state.
   *
   * @throws TamperedException when its row fails the MAC; let it pass, the refusal and the entry
   *     {@code STATE_TAMPERED} follow from it
   */
  Optional<Terminal> find(Handle handle, String id);

  /** What {@link #find} asks. */
  static Look look(String id) {
    return TerminalRepository.look(id);
  }

  /** The register of an installation; for a console command, which has no context. */
  static Terminals of(RowSeal seal) {
    return new TerminalRepository(seal);
  }
}
