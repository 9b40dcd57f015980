package jp.sekisho.smartcard.pkcs11;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What the child is to do: find a token, and sign with it when there is a PIN.
 *
 * @param certificate hexadecimal SHA-256 of the certificate whose key is meant; empty = only read
 * @param pin empty = only read
 * @param lastTryConfirmed the user wants to use a last try, should the token say it is that
 */
@SuppressWarnings("ArrayRecordComponent") // wiped by whoever made them; never compared
record Pkcs11Request(
    Path module,
    TokenSelector token,
    String certificate,
    char[] pin,
    byte[] data,
    boolean lastTryConfirmed) {
  private static final int MOST = 1 << 20;
  private static final int PIPE_BUFFER = 8192;
  private static final int MOST_TEXT = 16 * 1024;

  boolean signs() {
    return pin.length > 0;
  }

  /**
   * The request as one block, for its sender to wipe. Longer than the buffer of a process's pipe,
   * which therefore passes it on without keeping a copy; the child does not read the filler.
   */
  byte[] block(String marker) throws IOException {
    Block block = new Block(PIPE_BUFFER + MOST_TEXT + data.length);
    DataOutputStream out = new DataOutputStream(block);
    out.writeUTF(marker);
    write(out);
    return block.bytes;
  }

  /** Bytes that are never copied when there are more of them. */
  private static final class Block extends OutputStream {
    private final byte[] bytes;
    private int length;

    Block(int size) {
      bytes = new byte[size];
    }

    @Override
    public void write(int one) throws IOException {
      if (length == bytes.length) {
        throw new IOException("request too long");
      }
      bytes[length++] = (byte) one;
    }
  }

  /** Characters of the PIN go one by one, without a String. */
  void write(DataOutputStream out) throws IOException {
    out.writeUTF(module.toString());
    out.writeUTF(token.by().name());
    out.writeUTF(token.value());
    out.writeUTF(certificate);
    out.writeInt(pin.length);
    for (char c : pin) {
      out.writeChar(c);
    }
    out.writeInt(data.length);
    out.write(data);
    out.writeBoolean(lastTryConfirmed);
  }

  static Pkcs11Request read(DataInputStream in) throws IOException {
    Path module = Path.of(in.readUTF());
    TokenSelector token = new TokenSelector(TokenSelector.By.valueOf(in.readUTF()), in.readUTF());
    String certificate = in.readUTF();
    char[] pin = new char[length(in)];
    for (int i = 0; i < pin.length; i++) {
      pin[i] = in.readChar();
    }
    byte[] data = new byte[length(in)];
    in.readFully(data);
    return new Pkcs11Request(module, token, certificate, pin, data, in.readBoolean());
  }

  private static int length(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MOST) {
      throw new IOException("length " + length);
    }
    return length;
  }

  void wipe() {
    Arrays.fill(pin, '\0');
  }

  @Override
  public String toString() {
    return "Pkcs11Request[" + module + ", " + token + ", pin ******]";
  }
}
