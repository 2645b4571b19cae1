package io.pgcdc.postgres;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The sockets that pgjdbc reads from, with a server on this machine at the other end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GatheringSocketFactoryTest {

    private static final int LONG_ANSWER = 3_000_000;

    private ServerSocket listening;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        if (client != null) {
            client.close();
            server.close();
        }
        listening.close();
    }

    private void open(String gathers) throws IOException {
        client = new GatheringSocketFactory(gathers).createSocket();
        client.connect(listening.getLocalSocketAddress());
        server = listening.accept();
    }

    @ParameterizedTest
    @ValueSource(strings = { GatheringSocketFactory.IN_LONG_ANSWERS, GatheringSocketFactory.AT_ONCE })
    void every_byte_comes_once_and_in_order_in_answers_short_and_long(String gathers) throws Exception {
        open(gathers);
        long seed = System.nanoTime();
        System.out.println("answers: seed " + seed);
        Random random = new Random(seed);
        DataInputStream answers = new DataInputStream(client.getInputStream());
        for (int round = 0; round < 4; round++) {
            client.getOutputStream().write(new byte[] { 1, 2, 3 });
            assertThat(server.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
            byte[] answer = new byte[round % 2 == 0 ? 10 : LONG_ANSWER];
            random.nextBytes(answer);
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> send(answer));
            byte[] read = new byte[answer.length];
            for (int position = 0; position < read.length;) {
                if (random.nextInt(4) == 0) {
                    read[position++] = answers.readByte();
                } else {
                    int length = Math.min(1 + random.nextInt(9_000), read.length - position);
                    answers.readFully(read, position, length);
                    position += length;
                }
            }
            assertThat(read).isEqualTo(answer);
            sender.get();
        }
        server.close();
        assertThat(answers.read()).isEqualTo(-1);
        assertThat(answers.read(new byte[8])).isEqualTo(-1);
    }

    private void send(byte[] answer) {
        try {
            OutputStream out = server.getOutputStream();
            for (int position = 0; position < answer.length; position += 8_192) {
                out.write(answer, position, Math.min(8_192, answer.length - position));
                out.flush();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_read_that_times_out_loses_nothing() throws IOException {
        open(GatheringSocketFactory.IN_LONG_ANSWERS);
        client.setSoTimeout(20);
        InputStream answers = client.getInputStream();
        byte[] some = new byte[4];
        assertThatThrownBy(() -> answers.read(some)).isInstanceOf(SocketTimeoutException.class);
        server.getOutputStream().write(new byte[] { 7, 8 });
        client.setSoTimeout(0);
        assertThat(answers.read()).isEqualTo(7);
        assertThat(answers.available()).isEqualTo(1);
        assertThat(answers.read(some, 1, 3)).isEqualTo(1);
        assertThat(some[1]).isEqualTo((byte) 8);
    }

    @Test
    void whoever_asks_for_the_streams_again_gets_the_same_ones_for_they_may_hold_bytes() throws IOException {
        open(GatheringSocketFactory.AT_ONCE);
        assertThat(client.getInputStream()).isSameAs(client.getInputStream());
        assertThat(client.getOutputStream()).isSameAs(client.getOutputStream());
    }

    @Test
    void a_driver_of_another_class_loader_that_can_not_see_it_is_left_alone() {
        assertThat(GatheringSocketFactory.isSeenBy(Driver.class)).isTrue();
        assertThat(GatheringSocketFactory.isSeenBy(String.class)).isFalse();
    }
}
