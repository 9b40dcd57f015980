package jp.sekisho.server.terminal;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The trust root that new terminals pin. */
@FunctionalInterface
public interface RootPin {
  /** base64url SHA-256 of the newest root file; empty while none was imported. */
  Optional<String> hash(Handle handle);
}
