package io.pgcdc.examples.quickstart;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Customers who order, change their minds and send things back: some 200 transactions a second until stopped. */
final class Workload implements AutoCloseable {

    private static final int TRANSACTIONS_PER_SECOND = 200;
    private static final long SEED = 20_260_101L;

    private final Source source;
    private final Random random = new Random(SEED);
    private final AtomicLong transactions = new AtomicLong();
    private final Thread thread = new Thread(this::work, "quickstart-workload");
    private volatile boolean stopping;
    private volatile SQLException failure;

    private Workload(Source source) {
        this.source = source;
    }

    static Workload start(Source source) {
        Workload workload = new Workload(source);
        workload.thread.setDaemon(true);
        workload.thread.start();
        return workload;
    }

    /** Committed transactions so far. */
    long transactions() {
        return transactions.get();
    }

    /** Throws if the workload ended by a failure. */
    void requireHealthy() throws SQLException {
        if (failure != null) {
            throw new SQLException("The workload failed: " + failure.getMessage(), failure);
        }
    }

    /** Ends after the transaction that it is in. */
    @Override
    public void close() throws InterruptedException {
        stopping = true;
        thread.join(Duration.ofSeconds(20).toMillis());
        if (thread.isAlive()) {
            throw new IllegalStateException("The workload did not stop within 20 s");
        }
    }

    private void work() {
        try (Connection connection = source.connect();
             Statements statements = new Statements(connection)) {
            connection.setAutoCommit(false);
            long start = System.nanoTime();
            while (!stopping) {
                transaction(statements);
                connection.commit();
                long due = start + transactions.incrementAndGet() * 1_000_000_000L / TRANSACTIONS_PER_SECOND;
                LockSupport.parkNanos(due - System.nanoTime());
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    private void transaction(Statements statements) throws SQLException {
        int dice = random.nextInt(100);
        if (dice < 45) {
            placeOrder(statements);
        } else if (dice < 75) {
            statements.run(statements.changeOrder, anyOrder());
        } else if (dice < 85) {
            statements.run(statements.changeCustomer, 1 + random.nextInt(EmbeddedShop.CUSTOMERS));
        } else if (dice < 88) {
            statements.run(statements.newCustomer, random.nextInt(1_000_000));
        } else {
            long order = anyOrder();
            statements.run(statements.deleteItems, order);
            statements.run(statements.deleteOrder, order);
        }
    }

    private void placeOrder(Statements statements) throws SQLException {
        int items = 1 + random.nextInt(4);
        BigDecimal price = BigDecimal.valueOf(499 + random.nextInt(20_000), 2);
        statements.newOrder.setInt(1, 1 + random.nextInt(EmbeddedShop.CUSTOMERS));
        statements.newOrder.setBigDecimal(2, price.multiply(BigDecimal.valueOf(items)));
        long order;
        try (ResultSet result = statements.newOrder.executeQuery()) {
            result.next();
            order = result.getLong(1);
        }
        for (int position = 1; position <= items; position++) {
            statements.newItem.setLong(1, order);
            statements.newItem.setInt(2, position);
            statements.newItem.setString(3, "Product " + random.nextInt(1000));
            statements.newItem.setBigDecimal(4, price);
            statements.newItem.addBatch();
        }
        statements.newItem.executeBatch();
    }

    private long anyOrder() {
        return 1 + random.nextInt(EmbeddedShop.ORDERS);
    }

    private static final class Statements implements AutoCloseable {
        private static final String NEW_CUSTOMER
                = "INSERT INTO customers (name, email, interests)"
                  + " VALUES ('New customer', 'new' || ? || '@example.com', '{music}')";

        private final PreparedStatement newOrder;
        private final PreparedStatement newItem;
        private final PreparedStatement changeOrder;
        private final PreparedStatement changeCustomer;
        private final PreparedStatement newCustomer;
        private final PreparedStatement deleteItems;
        private final PreparedStatement deleteOrder;

        Statements(Connection connection) throws SQLException {
            newOrder = connection.prepareStatement(
                    "INSERT INTO orders (customer_id, total) VALUES (?, ?) RETURNING id");
            newItem = connection.prepareStatement(
                    "INSERT INTO order_items (order_id, position, product, quantity, price) VALUES (?, ?, ?, 1, ?)");
            changeOrder = connection.prepareStatement(
                    "UPDATE orders SET status = CASE status WHEN 'new' THEN 'paid' ELSE 'sent' END WHERE id = ?");
            changeCustomer = connection.prepareStatement(
                    "UPDATE customers SET preferences = preferences || '{\"newsletter\": false}' WHERE id = ?");
            newCustomer = connection.prepareStatement(NEW_CUSTOMER);
            deleteItems = connection.prepareStatement("DELETE FROM order_items WHERE order_id = ?");
            deleteOrder = connection.prepareStatement("DELETE FROM orders WHERE id = ?");
        }

        void run(PreparedStatement statement, long parameter) throws SQLException {
            statement.setLong(1, parameter);
            statement.executeUpdate();
        }

        @Override
        public void close() throws SQLException {
            for (PreparedStatement statement : new PreparedStatement[] {
                    newOrder, newItem, changeOrder, changeCustomer, newCustomer, deleteItems, deleteOrder }) {
                statement.close();
            }
        }
    }
}
