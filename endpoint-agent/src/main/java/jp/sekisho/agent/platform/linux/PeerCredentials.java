package jp.sekisho.agent.platform.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.OptionalInt;
import jdk.net.ExtendedSocketOptions;
import jp.sekisho.agent.ipc.PeerUsers;

/**
 * Users of Unix sockets by {@code SO_PEERCRED}. Thread-safe.
 *
 * <p>The JDK reads the credentials and shows the user as a principal: it compares by uid, but names
 * only the user name. So the name is looked up again, and counts only if its principal equals the
 * peer's and the uid leads back to the same name. A name that two uids share, or one that looks
 * like another user's number, therefore ends in "not known".
 */
public final class PeerCredentials implements PeerUsers {
  private static final int PASSWD_STRUCT = 128;
  private static final int PASSWD_TEXT = 16 * 1024;

  @Override
  public int own() {
    return LibC.INSTANCE.geteuid();
  }

  @Override
  public OptionalInt uidOf(SocketChannel channel) {
    try {
      return uidOf(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
    } catch (IOException | UnsupportedOperationException e) {
      return OptionalInt.empty();
    }
  }

  static OptionalInt uidOf(UserPrincipal peer) throws IOException {
    String name = peer.getName();
    UserPrincipal found =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    if (!found.equals(peer)) {
      return OptionalInt.empty();
    }
    OptionalInt uid = uidOfName(name);
    if (uid.isPresent()) {
      return nameOfUid(uid.getAsInt()).filter(name::equals).isPresent() ? uid : OptionalInt.empty();
    }
    // A uid without a name is shown as its number.
    if (!name.matches("[0-9]{1,10}") || Long.parseLong(name) > 0xFFFFFFFEL) {
      return OptionalInt.empty();
    }
    int number = Integer.parseUnsignedInt(name);
    return nameOfUid(number).isEmpty() ? OptionalInt.of(number) : OptionalInt.empty();
  }

  private static OptionalInt uidOfName(String name) throws IOException {
    try (Memory entry = new Memory(PASSWD_STRUCT);
        Memory text = new Memory(PASSWD_TEXT)) {
      PointerByReference result = new PointerByReference();
      check(LibC.INSTANCE.getpwnam_r(name, entry, text, new NativeLong(PASSWD_TEXT), result));
      return result.getValue() == null
          ? OptionalInt.empty()
          : OptionalInt.of(LibC.uidOf(result.getValue()));
    }
  }

  private static Optional<String> nameOfUid(int uid) throws IOException {
    try (Memory entry = new Memory(PASSWD_STRUCT);
        Memory text = new Memory(PASSWD_TEXT)) {
      PointerByReference result = new PointerByReference();
      check(LibC.INSTANCE.getpwuid_r(uid, entry, text, new NativeLong(PASSWD_TEXT), result));
      return result.getValue() == null
          ? Optional.empty()
          : Optional.of(LibC.nameOf(result.getValue()));
    }
  }

  private static void check(int error) throws IOException {
    // getpwnam_r(3): "not found" may also be one of these.
    if (error != 0 && error != 1 && error != 2 && error != 3 && error != 9) {
      throw new IOException("the user database fails with errno " + error);
    }
  }

  static {
    if (Native.POINTER_SIZE != 8) {
      throw new UnsupportedOperationException("struct passwd is known for 64-bit Linux only");
    }
  }
}
