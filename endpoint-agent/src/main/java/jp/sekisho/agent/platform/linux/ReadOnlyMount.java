package jp.sekisho.agent.platform.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.ReadableMedium;

/**
 * A volume mounted read-only in a {@link PrivateNamespace}, from {@link #make} until it is closed:
 * nobody else finds its files, and its block device takes no writes. One thread at a time.
 */
final class ReadOnlyMount extends PrivateMount implements ReadableMedium {
  private final BooleanSupplier wanted;

  private ReadOnlyMount(Path target, BooleanSupplier wanted, PrivateNamespace namespace) {
    super(target, wanted, namespace);
    this.wanted = wanted;
  }

  /**
   * Mounts, and believes it when the kernel's own table says so.
   *
   * @param number {@code major:minor} of the volume
   * @param wanted asked before each step
   */
  static ReadOnlyMount make(
      Path volume, String number, FileSystemKind kind, Path target, BooleanSupplier wanted)
      throws IOException {
    ReadOnlyMount made = new ReadOnlyMount(target, wanted, PrivateNamespace.enter());
    boolean done = false;
    try {
      made.goOn();
      made.mount(volume, number, kind.type(), kind.options(0), false);
      done = true;
      return made;
    } finally {
      if (!done) {
        made.close();
      }
    }
  }

  @Override
  public Directory root() throws IOException {
    goOn();
    // On that thread: the name leads there only for it. What is below needs no name any more.
    return namespace().call(() -> MediumDirectory.open(target(), wanted));
  }
}
