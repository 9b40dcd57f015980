package jp.sekisho.smartcard.pcsc;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import org.jspecify.annotations.Nullable;

/** The native library: calls by name and values in its layout. Thread-safe. */
final class Winscard {
  private final Functions functions;
  private final Abi abi;
  private final Supplier<RemoteSession> session;

  /**
   * @param session where its user sits, asked at each refusal: a session may move while we run
   */
  Winscard(Functions functions, Abi abi, Supplier<RemoteSession> session) {
    this.functions = functions;
    this.abi = abi;
    this.session = session;
  }

  static Winscard load() throws CardException {
    Abi abi = Platform.isWindows() ? Abi.WINDOWS_64 : Abi.LINUX_64;
    if (!Platform.is64Bit() || !(Platform.isWindows() || Platform.isLinux())) {
      throw new CardException(CardFailure.SERVICE_DOWN, "only 64-bit Linux and Windows");
    }
    try {
      return new Winscard(Installed.functions(abi), abi, RemoteSession::current);
    } catch (UnsatisfiedLinkError e) {
      throw new CardException(
          CardFailure.SERVICE_DOWN, abi.library() + " not found (Debian package libpcsclite1)");
    }
  }

  /** The library of this machine, loaded once; it stays loaded. */
  private static final class Installed {
    private static volatile @Nullable Functions functions;

    static Functions functions(Abi abi) {
      Functions known = functions;
      if (known == null) {
        NativeLibrary library = NativeLibrary.getInstance(abi.library());
        Map<String, Function> found = new ConcurrentHashMap<>();
        known =
            (name, arguments) ->
                invoke(found.computeIfAbsent(name, library::getFunction), abi, arguments);
        functions = known;
      }
      return known;
    }
  }

  private static int invoke(Function function, Abi abi, @Nullable Object... arguments) {
    return abi.dword() == 8 ? (int) function.invokeLong(arguments) : function.invokeInt(arguments);
  }

  Abi abi() {
    return abi;
  }

  /** Calls and returns the SCARD code; text functions get their suffix. */
  int call(String name, boolean text, @Nullable Object... arguments) {
    return functions.call(text && abi.wide() ? name + "W" : name, arguments);
  }

  /** Calls and throws unless the code is 0. */
  void require(String name, boolean text, @Nullable Object... arguments) throws CardException {
    require(name, call(name, text, arguments));
  }

  /** Throws unless the code is 0. */
  void require(String name, int code) throws CardException {
    if (code != ScardCode.OK) {
      throw ScardCode.exception(name, code, session.get());
    }
  }

  /** A DWORD passed by value. */
  Object dword(int value) {
    return abi.dword() == 8 ? (Object) Integer.toUnsignedLong(value) : (Object) value;
  }

  /** A DWORD passed by reference. */
  Memory dwordRef(int value) {
    Memory memory = new Memory(abi.dword());
    writeDword(memory, 0, value);
    return memory;
  }

  int readDword(Pointer memory, long offset) {
    return memory.getInt(offset);
  }

  void writeDword(Pointer memory, long offset, int value) {
    if (abi.dword() == 8) {
      memory.setLong(offset, Integer.toUnsignedLong(value));
    } else {
      memory.setInt(offset, value);
    }
  }

  /** A NUL-terminated text in the platform's encoding. */
  Memory text(String value) {
    byte[] bytes = value.getBytes(abi.charset());
    Memory memory = new Memory(bytes.length + abi.charBytes());
    memory.clear();
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  /** Splits a multi-string: texts with a NUL each, an empty one last. */
  List<String> texts(Pointer memory, int chars) {
    byte[] bytes = memory.getByteArray(0, chars * abi.charBytes());
    String all = new String(bytes, abi.wide() ? abi.charset() : StandardCharsets.UTF_8);
    List<String> texts = new ArrayList<>();
    int from = 0;
    for (int to = all.indexOf('\0'); to > from; to = all.indexOf('\0', from)) {
      texts.add(all.substring(from, to));
      from = to + 1;
    }
    return texts;
  }
}
