INSERT INTO event (sender, body) VALUES (:sender, :body);
