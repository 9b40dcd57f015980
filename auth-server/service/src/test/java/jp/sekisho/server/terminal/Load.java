package jp.sekisho.server.terminal;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.GrantViews;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Agents that send batches until they are acknowledged, and people who request and withdraw, at the
 * same time and across restarts of the service; remembers what was acknowledged.
 */
final class Load implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** An acknowledgement of records, and the record it ends with. */
  record Acknowledged(DeviceRecord last, EventAck ack) {}

  /** Acknowledgements of records, in the order of each terminal. */
  final Map<String, List<Acknowledged>> records = new ConcurrentHashMap<>();

  /** {@code grant.requested ID} and {@code grant.withdrawn ID} that were answered with success. */
  final Set<String> changes = ConcurrentHashMap.newKeySet();

  /** Answers that were neither success nor a refusal for want of storage. */
  final ConcurrentLinkedQueue<String> strange = new ConcurrentLinkedQueue<>();

  final AtomicInteger refused = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
  private final LoadedService service;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean ended;

  Load(LoadedService service) {
    this.service = service;
  }

  void agent(LoadedService.Device device) {
    List<Acknowledged> acknowledged = new ArrayList<>();
    records.put(device.id(), acknowledged);
    run(() -> agent(device, acknowledged));
  }

  void person(String person, String cookie) {
    run(() -> person(person, cookie, HttpClient.newHttpClient()));
  }

  /** How many acknowledgements there are by now. */
  int count() {
    int sum = changes.size();
    for (List<Acknowledged> each : records.values()) {
      synchronized (each) {
        sum += each.size();
      }
    }
    return sum;
  }

  /** Fails when one of the callers failed. */
  void check() {
    Throwable failure = broken.get();
    if (failure != null) {
      throw new AssertionError("a caller of the service failed", failure);
    }
  }

  private interface Caller {
    void run() throws Exception;
  }

  private void run(Caller caller) {
    threads.add(
        Thread.ofPlatform()
            .start(() -> {
              try {
                caller.run();
              } catch (Exception | AssertionError e) {
                broken.compareAndSet(null, e);
              }
            }));
  }

  private void agent(LoadedService.Device device, List<Acknowledged> acknowledged)
      throws MalformedException, InterruptedException {
    String prev = DeviceRecord.GENESIS;
    long seq = 0;
    while (!ended) {
      List<String> batch = new ArrayList<>();
      DeviceRecord last = null;
      for (int i = 0; i < 3; i++) {
        last =
            DeviceRecord.of(
                device.id(),
                Agent.BOOT,
                ++seq,
                prev,
                LoadedService.now(),
                new AgentEvent.Answered("t-" + seq, "login"));
        prev = last.hash();
        batch.add(Base64Url.encode(last.bytes()));
      }
      byte[] body = WireJson.write(new EventBatch(batch, 0));
      boolean held = false;
      while (!held && !ended) {
        HttpResponse<byte[]> answer =
            answered(() -> service.post(device, "/agent/v1/events", body));
        if (answer != null && answer.statusCode() == 200 && last != null) {
          EventAck ack = WireJson.read(answer.body(), EventAck.class);
          synchronized (acknowledged) {
            acknowledged.add(new Acknowledged(last, ack));
          }
          held = true;
        } else {
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    }
  }

  private void person(String person, String cookie, HttpClient http)
      throws MalformedException, InterruptedException {
    while (!ended) {
      byte[] wanted = WireJson.write(wanted(person));
      HttpResponse<byte[]> answer =
          answered(() -> service.send(http, "POST", "/api/v1/grants", wanted, cookie));
      if (answer == null || answer.statusCode() == 503) {
        LockSupport.parkNanos(PAUSE.toNanos());
      } else if (answer.statusCode() == 201) {
        String id = WireJson.read(answer.body(), GrantView.class).id();
        changes.add("grant.requested " + id);
        withdraw(id, cookie, http);
      } else if (answer.statusCode() == 429) {
        withdrawAll(person, cookie, http);
      } else {
        throw new AssertionError(
            answer.statusCode()
                + " "
                + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
      }
    }
  }

  /** Requests whose answers were lost at a kill: nobody knows their ids. */
  private void withdrawAll(String person, String cookie, HttpClient http)
      throws MalformedException, InterruptedException {
    HttpResponse<byte[]> list =
        answered(() -> service.send(http, "GET", "/api/v1/grants", new byte[0], cookie));
    if (list == null || list.statusCode() != 200) {
      return;
    }
    for (GrantView view : WireJson.read(list.body(), GrantViews.class).grants()) {
      if (view.state().equals("requested") && view.requester().equals(person)) {
        withdraw(view.id(), cookie, http);
      }
    }
  }

  private void withdraw(String id, String cookie, HttpClient http) throws InterruptedException {
    while (!ended) {
      HttpResponse<byte[]> answer =
          answered(() ->
              service.send(
                  http, "POST", "/api/v1/grants/" + id + "/withdraw", new byte[0], cookie));
      if (answer != null && answer.statusCode() == 200) {
        changes.add("grant.withdrawn " + id);
        return;
      }
      if (answer != null && answer.statusCode() != 503) {
        return; // withdrawn before, and the answer was lost
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** A request that fits every limit. */
  static NewGrant wanted(String person) {
    Instant now = LoadedService.now();
    return new NewGrant(
        person,
        "T-0001",
        LoadedService.MEDIUM,
        "課税資料の読み込み",
        "税第123号",
        null,
        null,
        12,
        now.toString(),
        now.plus(Duration.ofHours(1)).toString(),
        10);
  }

  private interface Question {
    HttpResponse<byte[]> ask() throws IOException, InterruptedException;
  }

  /** The answer, or null while there is no service. */
  private @Nullable HttpResponse<byte[]> answered(Question question) throws InterruptedException {
    try {
      HttpResponse<byte[]> answer = question.ask();
      int status = answer.statusCode();
      if (status == 503) {
        refused.incrementAndGet();
      } else if (status >= 400 && status != 409 && status != 429) { // done before; too many
        strange.add(
            status + " " + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
      }
      return answer;
    } catch (IOException e) {
      return null;
    }
  }

  /** Waits for all callers, each with its last answer. */
  @Override
  public void close() {
    ended = true;
    try {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofMinutes(2))) {
          throw new AssertionError(thread.getName() + " got no answer and does not end");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while callers wait", e);
    }
    check();
  }
}
