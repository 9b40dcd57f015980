package jp.sekisho.server.storage;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The machine's files, seen through paths whose calls fail where {@link Faults} say; remembers what
 * each file replaced by another one became. Long, because a provider has many methods.
 */
@SuppressWarnings("NullAway") // the methods of NIO are not annotated
final class FaultyFiles extends FileSystemProvider {
  private final Faults faults;
  private final Seen system = new Seen();
  private final FileSystemProvider real;
  private final List<byte[]> replacements = Collections.synchronizedList(new ArrayList<>());

  FaultyFiles(Path directory, Faults faults) {
    this.faults = faults;
    this.real = directory.getFileSystem().provider();
  }

  /** The same file through these calls. */
  Path of(Path path) {
    return (Path)
        Proxy.newProxyInstance(
            FaultyFiles.class.getClassLoader(),
            new Class<?>[] {Path.class, Wrapped.class},
            (_, method, args) -> {
              if (method.getName().equals("getFileSystem")) {
                return system;
              }
              if (method.getName().equals("wrapped")) {
                return path;
              }
              Object[] plain = args == null ? new Object[0] : args.clone();
              for (int i = 0; i < plain.length; i++) {
                plain[i] = plain[i] instanceof Path other ? plain(other) : plain[i];
              }
              try {
                Object result = method.invoke(path, plain);
                return result instanceof Path other ? of(other) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** What files were replaced by, in order. */
  List<byte[]> replacements() {
    return List.copyOf(replacements);
  }

  /** A path of ours. */
  interface Wrapped {
    Path wrapped();
  }

  private static Path plain(Path path) {
    return path instanceof Wrapped ours ? ours.wrapped() : path;
  }

  private <R> R call(String name, Faults.Call<R, IOException> call) throws IOException {
    return faults.call(name, call, IOException::new);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    String name = plain(path).getFileName().toString();
    return new Channel(
        name, call("open " + name, () -> real.newFileChannel(plain(path), options, attrs)));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    return call(
        "read " + plain(path).getFileName(),
        () -> real.newByteChannel(plain(path), options, attrs));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    byte[] content = Files.readAllBytes(plain(source));
    Object _ =
        call(
            "move " + plain(source).getFileName(),
            () -> {
              replacements.add(content);
              real.move(plain(source), plain(target), options);
              return content;
            });
  }

  @Override
  public void delete(Path path) throws IOException {
    Object _ =
        call(
            "delete " + plain(path).getFileName(),
            () -> {
              real.delete(plain(path));
              return path;
            });
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return real.readAttributes(plain(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    return real.readAttributes(plain(path), names, options);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return real.getFileAttributeView(plain(path), type, options);
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    real.setAttribute(plain(path), name, value, options);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    return real.newDirectoryStream(plain(directory), filter);
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attrs) throws IOException {
    real.createDirectory(plain(directory), attrs);
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    real.copy(plain(source), plain(target), options);
  }

  @Override
  public boolean isSameFile(Path one, Path two) throws IOException {
    return real.isSameFile(plain(one), plain(two));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return real.isHidden(plain(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return real.getFileStore(plain(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real.checkAccess(plain(path), modes);
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return system;
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  /** A file whose writes and syncs can fail; locks and maps are those of the machine. */
  private final class Channel extends FileChannel {
    private final String name;
    private final FileChannel file;

    Channel(String name, FileChannel file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      return call("write " + name, () -> file.write(source));
    }

    @Override
    public void force(boolean metadata) throws IOException {
      Object _ =
          call(
              "sync " + name,
              () -> {
                file.force(metadata);
                return name;
              });
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      return file.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
      return file.read(targets, offset, length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      return file.position(position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      return file.truncate(size);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      return file.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count)
        throws IOException {
      return file.transferFrom(source, position, count);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public int write(ByteBuffer source, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
      return file.map(mode, position, size);
    }

    @Override
    public java.lang.foreign.MemorySegment map(
        MapMode mode, long offset, long size, java.lang.foreign.Arena arena) throws IOException {
      return file.map(mode, offset, size, arena);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
      return file.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }

  /** What the paths say their file system is. */
  private final class Seen extends FileSystem {
    private static @Nullable Object unused() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystemProvider provider() {
      return FaultyFiles.this;
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public String getSeparator() {
      return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
      return List.of();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
      return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
      return Set.of("basic", "posix");
    }

    @Override
    public Path getPath(String first, String... more) {
      return of(Path.of(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
      return (PathMatcher) unused();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
      return (UserPrincipalLookupService) unused();
    }

    @Override
    public WatchService newWatchService() {
      return (WatchService) unused();
    }
  }
}
