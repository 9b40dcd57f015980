package jp.sekisho.audit.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import jp.sekisho.audit.FormatException;

/** A bundle in a ZIP file that passed {@link ZipDirectory}; members are read, never extracted. */
record ZipBundle(ZipFile zip, Map<String, ZipDirectory.Entry> entries) implements BundleMembers {
  static ZipBundle open(Path file) throws IOException, FormatException {
    Map<String, ZipDirectory.Entry> entries;
    try (FileChannel channel = FileChannel.open(file)) {
      entries = ZipDirectory.read(channel);
    }
    return new ZipBundle(new ZipFile(file.toFile()), entries);
  }

  @Override
  public Set<String> names() {
    return entries.keySet();
  }

  @Override
  public InputStream open(String name) throws IOException {
    ZipDirectory.Entry declared = entries.get(name);
    ZipEntry member = zip.getEntry(name);
    InputStream in = member == null ? null : zip.getInputStream(member);
    if (declared == null || in == null) {
      throw new ZipException("there is no " + name);
    }
    return new DeclaredStream(in, declared);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
