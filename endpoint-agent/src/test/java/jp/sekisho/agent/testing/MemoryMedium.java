package jp.sekisho.agent.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.WritableMedium;

/** A medium in memory that is written to; scripts may let it fail. */
public final class MemoryMedium implements WritableMedium {
  /** What stands on it, by name. */
  public final Map<String, byte[]> files = new LinkedHashMap<>();

  public long free = 1L << 40;

  /** Called before each write. */
  public Runnable beforeWrite = () -> {};

  /** It gives back something else than was written. */
  public boolean lies;

  private final BooleanSupplier wanted;

  public MemoryMedium() {
    this(() -> true);
  }

  /** One whose writing is broken off when {@code wanted} says no. */
  public MemoryMedium(BooleanSupplier wanted) {
    this.wanted = wanted;
  }

  private void goOn() throws IOException {
    if (!wanted.getAsBoolean()) {
      throw new IOException("broken off");
    }
  }

  @Override
  public long free() throws IOException {
    goOn();
    return free;
  }

  @Override
  public NewFile create(String name) throws IOException {
    goOn();
    if (files.containsKey(name)) {
      throw new IOException("it is there");
    }
    files.put(name, new byte[0]);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    return new NewFile() {
      @Override
      public OutputStream out() {
        return new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            beforeWrite.run();
            goOn();
            if (content.size() + length > free) {
              throw new IOException("full");
            }
            content.write(bytes, from, length);
            files.put(name, content.toByteArray());
          }
        };
      }

      @Override
      public InputStream readBack() throws IOException {
        goOn();
        byte[] there = content.toByteArray();
        if (lies) {
          there[there.length / 2] ^= 1;
        }
        return new ByteArrayInputStream(there);
      }

      @Override
      public boolean remove() {
        return files.remove(name) != null;
      }

      @Override
      public void close() {}
    };
  }
}
