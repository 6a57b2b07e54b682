import java.sql.*;

/* Read URL VIEW: names, types and comments of a view's columns, then its first row, as JDBC tells them. */
public class Read
{
	public static void main(String[] args) throws Exception
	{
		try (Connection c = DriverManager.getConnection(args[0]))
		{
			try (ResultSet columns = c.getMetaData().getColumns(null, "bi_zh", args[1], null))
			{
				while (columns.next())
					System.out.println(columns.getString("COLUMN_NAME") + "\t" + columns.getString("TYPE_NAME") + "\t" + columns.getString("REMARKS"));
			}
			try (Statement s = c.createStatement();
				ResultSet row = s.executeQuery("SELECT * FROM bi_zh.\"" + args[1] + "\" ORDER BY 1 LIMIT 1"))
			{
				row.next();
				System.out.println("row\t" + row.getString(row.findColumn("主体编码")) + "\t" + row.getBigDecimal("得分") + "\t" + row.getString("等级"));
			}
		}
	}
}
