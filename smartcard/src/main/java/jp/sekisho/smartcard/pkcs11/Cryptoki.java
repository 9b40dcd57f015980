package jp.sekisho.smartcard.pkcs11;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The few functions of a PKCS#11 module that SunPKCS11 does not offer: which tokens there are, and
 * their certificates without a PIN. Runs in the child process only. One thread at a time.
 */
final class Cryptoki {
  private static final int INITIALIZE = 0;
  private static final int GET_SLOT_LIST = 4;
  private static final int GET_TOKEN_INFO = 6;
  private static final int OPEN_SESSION = 12;
  private static final int CLOSE_SESSION = 13;
  private static final int GET_ATTRIBUTE_VALUE = 24;
  private static final int FIND_OBJECTS_INIT = 26;
  private static final int FIND_OBJECTS = 27;
  private static final int FIND_OBJECTS_FINAL = 28;

  private static final int OK = 0;
  private static final int ALREADY_INITIALIZED = 0x191;
  private static final int OS_LOCKING_OK = 2;
  private static final int SERIAL_SESSION = 4;
  private static final int CLASS = 0;
  private static final int VALUE = 0x11;
  private static final int CERTIFICATE = 1;
  private static final int MOST_OBJECTS = 64;
  private static final int LONGEST_CERTIFICATE = 16 * 1024;

  /**
   * A token in a slot.
   *
   * @param flags CK_TOKEN_INFO.flags
   * @param shortestPin CK_TOKEN_INFO.ulMinPinLen
   * @param longestPin CK_TOKEN_INFO.ulMaxPinLen; 0 = it does not say
   */
  record Token(
      long slot, String label, String serial, int flags, long shortestPin, long longestPin) {
    /** Whether a PIN of that many characters can be this token's. */
    boolean takesPinOf(int length) {
      return longestPin <= 0 || (length >= shortestPin && length <= longestPin);
    }
  }

  /** A function of the module answered something other than CKR_OK. */
  static final class CryptokiException extends Exception {
    private static final long serialVersionUID = 1L;

    CryptokiException(String what) {
      super(what);
    }
  }

  private final CryptokiAbi abi;
  private final Pointer functions;

  private Cryptoki(CryptokiAbi abi, Pointer functions) {
    this.abi = abi;
    this.functions = functions;
  }

  /**
   * Loads and initialises a module, for the life of the process.
   *
   * @throws CryptokiException also when the library is none, or no PKCS#11 module
   */
  static Cryptoki load(Path module) throws CryptokiException {
    CryptokiAbi abi = Platform.isWindows() ? CryptokiAbi.WINDOWS_64 : CryptokiAbi.LINUX_64;
    Memory list = new Memory(8);
    try {
      Function get = NativeLibrary.getInstance(module.toString()).getFunction("C_GetFunctionList");
      require("C_GetFunctionList", get.invokeInt(new Object[] {list}));
    } catch (UnsatisfiedLinkError e) {
      throw new CryptokiException("not a PKCS#11 module: " + module.getFileName());
    }
    Cryptoki cryptoki = new Cryptoki(abi, list.getPointer(0));
    Memory arguments = new Memory(abi.initializeArguments());
    arguments.clear();
    cryptoki.writeUlong(arguments, abi.initializeFlags(), OS_LOCKING_OK);
    int code = cryptoki.call(INITIALIZE, arguments);
    if (code != ALREADY_INITIALIZED) {
      require("C_Initialize", code);
    }
    return cryptoki;
  }

  /** Tokens in their slots; a slot whose token does not answer is left out. */
  List<Token> tokens() throws CryptokiException {
    Memory count = new Memory(abi.ulong());
    writeUlong(count, 0, 0);
    require("C_GetSlotList", call(GET_SLOT_LIST, (byte) 1, null, count));
    int slots = Math.min(MOST_OBJECTS, (int) readUlong(count, 0));
    List<Token> tokens = new ArrayList<>();
    if (slots == 0) {
      return tokens;
    }
    Memory ids = new Memory((long) slots * abi.ulong());
    writeUlong(count, 0, slots);
    require("C_GetSlotList", call(GET_SLOT_LIST, (byte) 1, ids, count));
    for (int i = 0; i < Math.min(slots, readUlong(count, 0)); i++) {
      long slot = readUlong(ids, (long) i * abi.ulong());
      Memory info = new Memory(abi.tokenInfo());
      info.clear();
      if (call(GET_TOKEN_INFO, ulong(slot), info) == OK) {
        tokens.add(
            new Token(
                slot,
                text(info, 0, 32),
                text(info, 80, 16),
                (int) readUlong(info, abi.tokenFlags()),
                readUlong(info, abi.shortestPin()),
                readUlong(info, abi.longestPin())));
      }
    }
    return tokens;
  }

  /**
   * The value of every certificate object that can be seen without a PIN; an object without a
   * usable value says nothing about the others and is left out.
   */
  List<byte[]> certificates(Token token) throws CryptokiException {
    Memory handle = new Memory(abi.ulong());
    require(
        "C_OpenSession",
        call(OPEN_SESSION, ulong(token.slot()), ulong(SERIAL_SESSION), null, null, handle));
    Object session = ulong(readUlong(handle, 0));
    try {
      Memory wanted = new Memory(abi.ulong());
      writeUlong(wanted, 0, CERTIFICATE);
      require(
          "C_FindObjectsInit",
          call(FIND_OBJECTS_INIT, session, attribute(CLASS, wanted, abi.ulong()), ulong(1)));
      Memory objects = new Memory((long) MOST_OBJECTS * abi.ulong());
      Memory found = new Memory(abi.ulong());
      require("C_FindObjects", call(FIND_OBJECTS, session, objects, ulong(MOST_OBJECTS), found));
      require("C_FindObjectsFinal", call(FIND_OBJECTS_FINAL, session));
      List<byte[]> certificates = new ArrayList<>();
      for (int i = 0; i < Math.min(MOST_OBJECTS, readUlong(found, 0)); i++) {
        try {
          certificates.add(value(session, ulong(readUlong(objects, (long) i * abi.ulong()))));
        } catch (CryptokiException e) {
          // Left out.
        }
      }
      return certificates;
    } finally {
      call(CLOSE_SESSION, session);
    }
  }

  private byte[] value(Object session, Object object) throws CryptokiException {
    Memory length = attribute(VALUE, null, 0);
    require("C_GetAttributeValue", call(GET_ATTRIBUTE_VALUE, session, object, length, ulong(1)));
    long size = readUlong(length, abi.attributeLength());
    if (size <= 0 || size > LONGEST_CERTIFICATE) {
      throw new CryptokiException("certificate of " + size + " bytes");
    }
    Memory bytes = new Memory(size);
    Memory attribute = attribute(VALUE, bytes, (int) size);
    require("C_GetAttributeValue", call(GET_ATTRIBUTE_VALUE, session, object, attribute, ulong(1)));
    if (readUlong(attribute, abi.attributeLength()) != size) {
      throw new CryptokiException("certificate changed its length");
    }
    return bytes.getByteArray(0, (int) size);
  }

  private Memory attribute(int type, @Nullable Memory value, int length) {
    Memory attribute = new Memory(abi.attribute());
    writeUlong(attribute, 0, type);
    attribute.setPointer(abi.attributeValue(), value);
    writeUlong(attribute, abi.attributeLength(), length);
    return attribute;
  }

  private int call(int index, @Nullable Object... arguments) {
    Pointer entry = functions.getPointer(abi.function(index));
    return (int) Function.getFunction(entry).invokeLong(arguments);
  }

  private static void require(String function, int code) throws CryptokiException {
    if (code != OK) {
      throw new CryptokiException("%s 0x%X".formatted(function, code));
    }
  }

  private Object ulong(long value) {
    return abi.ulong() == 8 ? (Object) value : (Object) (int) value;
  }

  private long readUlong(Pointer at, long offset) {
    return abi.ulong() == 8 ? at.getLong(offset) : Integer.toUnsignedLong(at.getInt(offset));
  }

  private void writeUlong(Pointer at, long offset, long value) {
    if (abi.ulong() == 8) {
      at.setLong(offset, value);
    } else {
      at.setInt(offset, (int) value);
    }
  }

  /** Blank-padded, UTF-8. */
  private static String text(Pointer at, int offset, int length) {
    return new String(at.getByteArray(offset, length), StandardCharsets.UTF_8)
        .replace('\0', ' ')
        .strip();
  }
}
